package dev.cloche.host.service;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/// Where the host's secrets come from. Safe for use by many threads.
public interface SecretSource {
    /// The secret of a name, if there is one. May wait.
    ///
    /// @throws IOException if secrets cannot be had; its message is for the operator, and has no secret in it
    Optional<String> value(String name) throws IOException;

    /// What there is, for an operator: no secret, and no name of one.
    ///
    /// @throws IOException as [#value] does
    String description() throws IOException;

    /// Secrets that an embedder has. What goes wrong there is told by its kind alone: its own message may hold
    /// anything.
    static SecretSource of(Function<String, Optional<String>> secrets) {
        return new SecretSource() {
            @Override
            public Optional<String> value(String name) throws IOException {
                try {
                    Optional<String> value = secrets.apply(name);
                    if (value != null) {
                        return value;
                    }
                } catch (RuntimeException e) {
                    throw new IOException("the embedder's source of secrets failed, exception="
                            + e.getClass().getName());
                }
                throw new IOException("the embedder's source of secrets answered null");
            }

            @Override
            public String description() {
                return "secrets come from the program that embeds the host";
            }
        };
    }
}
