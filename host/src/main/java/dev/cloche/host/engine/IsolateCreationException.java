package dev.cloche.host.engine;

import dev.cloche.host.call.Reply;

/// An isolate could not be made.
public final class IsolateCreationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Reply reply;

    /// @param reply what a call that needed the isolate is answered: [Reply.Trapped], [Reply.Exhausted] or
    /// [Reply.TimedOut]
    public IsolateCreationException(Reply reply) {
        super(reply.toString());
        this.reply = reply;
    }

    public Reply reply() {
        return reply;
    }
}
