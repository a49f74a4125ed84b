package dev.cloche.bench.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Runs a workload as a process: says `ready`, then reads `OPERATION COUNT` lines and answers each, until its input
/// ends.
public final class WorkerMain {
    private WorkerMain() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        // What else is printed must not be taken for an answer.
        System.setOut(System.err);
        Class<?> type = Class.forName(args[0]);
        List<String> arguments = Arrays.asList(args).subList(1, args.length);
        try (Workload workload = (Workload) type.getConstructor(List.class).newInstance(arguments)) {
            write(out, Worker.READY + "\n");
            serve(workload, out);
        }
    }

    private static void serve(Workload workload, PrintStream out) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            int space = line.lastIndexOf(' ');
            try {
                Answer answer = workload.measure(line.substring(0, space), Integer.parseInt(line.substring(space + 1)));
                write(out, answer.wire());
            } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
                e.printStackTrace();
                write(out, Answer.FAILED + String.valueOf(e).replace('\n', ' ') + "\n");
            }
        }
    }

    private static void write(PrintStream out, String text) {
        out.write(text.getBytes(StandardCharsets.UTF_8), 0, text.getBytes(StandardCharsets.UTF_8).length);
        out.flush();
    }
}
