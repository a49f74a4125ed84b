package dev.cloche.host.conformance;

/// A pipeline refuses a module that is valid, because it uses a feature that the pipeline does not offer.
public final class NotOfferedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param feature names the feature and why it is not offered; modules are counted by this text
    public NotOfferedException(String feature) {
        super(feature);
    }
}
