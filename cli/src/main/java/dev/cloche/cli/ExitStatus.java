package dev.cloche.cli;

import dev.cloche.host.call.Reply;

/// What the process says by its exit code. Scripts rely on these numbers: they never change their meaning.
final class ExitStatus {
    static final int OK = 0;
    static final int FAULT_FOUND = 1;
    static final int USAGE = 2;
    static final int DENIED = 3;
    static final int TRAPPED = 4;
    static final int LIMIT_REACHED = 5;
    static final int UNAVAILABLE = 6;
    static final int BUG = 70;
    /// What a shell says of a process that the signal for a broken pipe ended.
    static final int BROKEN_PIPE = 141;

    static final String OK_LINE = OK + ":all went well";
    static final String FAULT_FOUND_LINE = FAULT_FOUND + ":the guest answered with an error, or a check found an error";
    static final String USAGE_LINE = USAGE + ":the command line is wrong";
    static final String DENIED_LINE = DENIED + ":policy denied the call";
    static final String TRAPPED_LINE = TRAPPED + ":the engine stopped the guest";
    static final String LIMIT_REACHED_LINE = LIMIT_REACHED + ":the guest ran out of time or of another budget";
    static final String UNAVAILABLE_LINE =
            UNAVAILABLE + ":the call was rejected, or what it needs is unavailable or unusable";
    static final String BUG_LINE = BUG + ":a bug in cloche itself";
    static final String BROKEN_PIPE_LINE = BROKEN_PIPE + ":the reader of the output went away";

    private ExitStatus() {}

    static int of(Reply reply) {
        return switch (reply) {
            case Reply.Ok _ -> OK;
            case Reply.GuestError _ -> FAULT_FOUND;
            case Reply.Denied _ -> DENIED;
            case Reply.Trapped _ -> TRAPPED;
            case Reply.TimedOut _, Reply.Exhausted _ -> LIMIT_REACHED;
            case Reply.Rejected _, Reply.Unavailable _ -> UNAVAILABLE;
        };
    }
}
