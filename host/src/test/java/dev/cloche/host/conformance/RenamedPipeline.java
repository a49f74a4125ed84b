package dev.cloche.host.conformance;

/// The same as raw under another name.
record RenamedPipeline(String name) implements Pipeline {
    @Override
    public Session open() {
        return new RawPipeline().open();
    }
}
