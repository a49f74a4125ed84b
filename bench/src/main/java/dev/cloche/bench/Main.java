package dev.cloche.bench;

import dev.cloche.bench.report.Machine;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/// Runs the benchmarks, with JMH's own options, below a header that says what they ran on.
public final class Main {
    private Main() {}

    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        System.out.print(Machine.current().header());
        new Runner(new CommandLineOptions(args)).run();
    }
}
