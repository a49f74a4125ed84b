package dev.cloche.bench.worker;

import java.util.List;

/// Says what it was asked, and knows a few ways to fail.
public final class CountingWorkload implements Workload {
    private final String greeting;
    private int requests;

    /// @param arguments what to answer; `never` fails at once
    public CountingWorkload(List<String> arguments) {
        greeting = arguments.getFirst();
        if (greeting.equals("never")) {
            throw new IllegalStateException("this one never starts");
        }
    }

    @Override
    public Answer measure(String operation, int count) {
        requests++;
        // Must not be taken for an answer.
        System.out.println("series printed 1");
        Recorder recorder = new Recorder();
        for (int i = 0; i < count; i++) {
            switch (operation) {
                case "count" -> recorder.add("count", requests + i / 10.0);
                case "fail" -> throw new IllegalStateException("as asked\nfor");
                case "halt" -> Runtime.getRuntime().halt(3);
                default -> throw Workload.unknown(operation);
            }
        }
        recorder.result(greeting + " twice\n");
        return recorder.answer();
    }
}
