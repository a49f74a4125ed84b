package dev.cloche.host.engine.wasm;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.OutcomeJson;

/// Lays an outcome out for a wasm guest: a tag, and the bytes that `read` copies.
record OutcomeCodec(int tag, Payload answer) {
    static OutcomeCodec encode(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Ok ok -> new OutcomeCodec(ClocheAbi.OUTCOME_OK, ok.answer());
            case Outcome.Chunk chunk -> new OutcomeCodec(ClocheAbi.OUTCOME_OK, chunk.bytes());
            case Outcome.Denied denied -> new OutcomeCodec(ClocheAbi.OUTCOME_DENIED, OutcomeJson.of(denied));
            case Outcome.Failed failed -> new OutcomeCodec(ClocheAbi.OUTCOME_FAILED, OutcomeJson.of(failed));
        };
    }

    /// Tag in the high word, length in the low one.
    long packed() {
        return ((long) tag << 32) | answer.size();
    }
}
