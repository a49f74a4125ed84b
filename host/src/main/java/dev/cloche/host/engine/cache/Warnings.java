package dev.cloche.host.engine.cache;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/// Says each thing once, and not more than so many things.
final class Warnings {
    static final int SAID_MAX = 1_000;

    private final Logger logger;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    Warnings(Logger logger) {
        this.logger = logger;
    }

    void once(String warning) {
        if (said.size() < SAID_MAX && said.add(warning)) {
            logger.warn(warning);
        }
    }
}
