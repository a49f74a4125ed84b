package dev.cloche.host.service;

import dev.cloche.host.hostcall.Outcome.FailedCode;
import java.io.IOException;

/// Why a file cannot be had, in words that a guest may read: it names no place outside of the guest's own paths.
final class FileRefusal extends IOException {
    private static final long serialVersionUID = 1L;

    private final FailedCode code;

    FileRefusal(FailedCode code, String message) {
        super(message);
        this.code = code;
    }

    static FileRefusal io(String message) {
        return new FileRefusal(FailedCode.IO, message);
    }

    FailedCode code() {
        return code;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
