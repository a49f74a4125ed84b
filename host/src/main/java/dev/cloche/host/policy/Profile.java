package dev.cloche.host.policy;

/// What an extension gets because its manifest asks, without a word from the operator. None gives processes, the
/// environment or secrets.
public enum Profile {
    /// What stays within the extension itself.
    SAFE("safe") {
        @Override
        public boolean gives(String capability) {
            return switch (capability) {
                case "log", "clock", "random", "kv.read", "kv.write" -> true;
                default -> false;
            };
        }
    },

    /// The default: everything that stays inside the host. Network, files, environment, secrets and processes need a
    /// grant.
    BALANCED("balanced") {
        @Override
        public boolean gives(String capability) {
            return switch (capability) {
                case "log", "kv.read", "kv.write", "clock", "random", "tool.call", "job.run" -> true;
                default -> capability.startsWith("events.");
            };
        }
    },

    /// Network and files as well, within what the manifest asks for.
    PERMISSIVE("permissive") {
        @Override
        public boolean gives(String capability) {
            return switch (capability) {
                case "http.fetch", "fs.read", "fs.write" -> true;
                default -> BALANCED.gives(capability);
            };
        }
    };

    private final String label;

    Profile(String label) {
        this.label = label;
    }

    /// The profile of this name.
    ///
    /// @throws IllegalArgumentException if there is none
    public static Profile of(String label) {
        for (Profile profile : values()) {
            if (profile.label.equals(label)) {
                return profile;
            }
        }
        throw new IllegalArgumentException("a profile is safe, balanced or permissive, profile=" + label);
    }

    /// The name in settings and rules.
    public String label() {
        return label;
    }

    /// Whether the profile gives this capability by itself.
    public abstract boolean gives(String capability);
}
