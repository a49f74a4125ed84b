package dev.cloche.host.policy;

/// What an extension gets because its manifest asks, without a word from the operator.
public enum Profile {
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
    };

    private final String label;

    Profile(String label) {
        this.label = label;
    }

    /// The name in settings and rules.
    public String label() {
        return label;
    }

    /// Whether the profile gives this capability by itself.
    public abstract boolean gives(String capability);
}
