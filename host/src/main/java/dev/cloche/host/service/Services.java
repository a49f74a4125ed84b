package dev.cloche.host.service;

import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.storage.Database;
import dev.cloche.host.telemetry.LogLine;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// All services of a host, and the operations they offer. Safe for use by many threads.
public final class Services implements AutoCloseable {
    private final OpTable ops;

    private final HttpService http;
    private final EventService events;

    private Services(OpTable ops, HttpService http, EventService events) {
        this.ops = ops;
        this.http = http;
        this.events = events;
    }

    /// Makes the services. None of them touches disk or network before its first operation.
    ///
    /// @param database the home's database; asked at the first use, and not closed here
    /// @param logSink where lines of extensions go; must not block
    /// @param wall the time of day
    /// @param random what guests draw from
    /// @param nanoClock the clock that deadlines of frames are on
    /// @param calls how guests call other extensions
    /// @param depthMax how many calls may be under way one within the other
    /// @param exec what holds for programs that guests run
    public static Services open(
            Supplier<Database> database,
            Consumer<LogLine> logSink,
            Clock wall,
            LongSupplier nanoClock,
            Random random,
            NestedCalls calls,
            int depthMax,
            ExecSettings exec) {
        List<Op> ops = new ArrayList<>();
        ops.addAll(new LogService(logSink).ops());
        ops.addAll(new KvService(new KvStore(database, KvLimits.DEFAULT)).ops());
        ops.addAll(new ToolService(calls, depthMax, nanoClock).ops());
        ops.addAll(new ClockService(wall, nanoClock).ops());
        ops.addAll(new RandomService(random).ops());
        ops.addAll(new EnvService("env.get", "env.read", name -> Optional.ofNullable(System.getenv(name))).ops());
        ops.addAll(new ExecService(
                        exec.commands(),
                        new ProcessSlots(ProcessSlots.HOST_MAX, exec.processes()),
                        Optional.ofNullable(System.getenv("PATH")),
                        nanoClock)
                .ops());
        HttpService http = new HttpService(NamedResolver::system, nanoClock);
        ops.addAll(http.ops());
        EventService events = new EventService(new EventBus());
        ops.addAll(events.ops());
        return new Services(new OpTable(ops), http, events);
    }

    /// Every operation there is.
    public OpTable ops() {
        return ops;
    }

    /// Tells the guests that run and have subscribed to a topic of an event.
    ///
    /// @param source who says so
    /// @param json what it says
    /// @return how many took it
    /// @throws IllegalArgumentException if the topic is none, or the data is no JSON or too large
    public int emit(String topic, String source, String json) {
        try {
            return events.emit(topic, source, json);
        } catch (InvalidRequestException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /// Lets go of what the services opened. Idempotent.
    @Override
    public void close() {
        http.close();
    }
}
