package dev.cloche.host.service;

import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.storage.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// All services of a host, and the operations they offer. Safe for use by many threads.
public final class Services implements AutoCloseable {
    private final OpTable ops;
    private final ServiceSettings settings;
    private final HttpService http;
    private final EventService events;

    private Services(OpTable ops, ServiceSettings settings, HttpService http, EventService events) {
        this.ops = ops;
        this.settings = settings;
        this.http = http;
        this.events = events;
    }

    /// Makes the services. None of them touches disk or network before its first operation.
    ///
    /// @param database the home's database; asked at the first use, and not closed here
    /// @param calls how guests call other extensions
    public static Services open(Supplier<Database> database, NestedCalls calls, ServiceSettings settings) {
        EngineClocks clocks = settings.clocks();
        ExecSettings exec = settings.exec();
        List<Op> ops = new ArrayList<>();
        ops.addAll(new LogService(settings.logSink()).ops());
        ops.addAll(new KvService(new KvStore(database, KvLimits.DEFAULT)).ops());
        ops.addAll(new ToolService(calls, settings.depthMax(), clocks.nanoClock()).ops());
        ops.addAll(new ClockService(clocks.wall(), clocks.nanoClock()).ops());
        ops.addAll(new RandomService(clocks.random()).ops());
        ops.addAll(EnvService.environment().ops());
        ops.addAll(EnvService.secrets(settings.secrets()).ops());
        ops.addAll(new FileService(settings.files()).ops());
        ops.addAll(new ExecService(
                        exec.commands(),
                        new ProcessSlots(ProcessSlots.HOST_MAX, exec.processes()),
                        Optional.ofNullable(System.getenv("PATH")),
                        clocks.nanoClock())
                .ops());
        HttpService http = new HttpService(NamedResolver::system, clocks.nanoClock());
        ops.addAll(http.ops());
        EventService events = new EventService(new EventBus());
        ops.addAll(events.ops());
        return new Services(new OpTable(ops), settings, http, events);
    }

    /// Every operation there is.
    public OpTable ops() {
        return ops;
    }

    /// What they were set up with.
    public ServiceSettings settings() {
        return settings;
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
