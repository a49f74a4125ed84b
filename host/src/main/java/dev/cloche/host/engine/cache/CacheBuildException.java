package dev.cloche.host.engine.cache;

/// What the cache does not have could not be built. The cause is what the builder threw; all who waited for it get the
/// same one.
public final class CacheBuildException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CacheBuildException(CacheKey key, Throwable cause) {
        super("what the cache does not hold could not be built: " + cause + ", key=" + key, cause);
    }
}
