/// A build step cannot go on; the message says what is wrong and how to mend it.
final class BuildFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BuildFailure(String message) {
        super(message);
    }
}
