package dev.cloche.host.conformance;

/// What came of one command of a script.
sealed interface Outcome {
    Outcome PASSED = new Passed();
    Outcome TEXT_ONLY = new TextOnly();

    /// It went as the suite says.
    record Passed() implements Outcome {}

    /// It went otherwise.
    record Failed(String reason) implements Outcome {}

    /// It needs something that the pipeline does not offer.
    record NotSupported(String reason) implements Outcome {}

    /// It is about WebAssembly's text format, which is nothing that runs here.
    record TextOnly() implements Outcome {}
}
