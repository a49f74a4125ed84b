package dev.cloche.host.conformance;

import dev.cloche.host.conformance.Attempt.Ended;
import dev.cloche.host.conformance.Attempt.Returned;
import dev.cloche.host.conformance.Command.Action;
import dev.cloche.host.conformance.Command.AssertRefused;
import dev.cloche.host.conformance.Command.AssertReturn;
import dev.cloche.host.conformance.Command.AssertTrap;
import dev.cloche.host.conformance.Command.Instantiate;
import dev.cloche.host.conformance.Command.Perform;
import dev.cloche.host.conformance.Command.Register;
import dev.cloche.host.conformance.Ending.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.CallResult;
import run.endive.runtime.GlobalInstance;
import run.endive.runtime.Instance;
import run.endive.wasm.types.FunctionType;

/// The instances of one script while its commands are played, one after the other.
final class ScriptPlay {
    private final Pipeline.Session session;
    private final Path folder;
    private final Linker linker;
    private final Map<String, Slot> named = new HashMap<>();
    private Slot current = new Slot(null, new Outcome.Failed("the script has made no instance yet"));

    /// What was to be registered and is not there, by the reason; a module that finds an import missing may want it.
    private final List<Outcome> unregistered = new ArrayList<>();

    /// An instance, or what became of it.
    private record Slot(@Nullable Instance instance, Outcome outcome) {}

    ScriptPlay(Pipeline.Session session, Path folder) {
        this.session = session;
        this.folder = folder;
        this.linker = new Linker(session);
    }

    Outcome play(Command command) {
        return switch (command) {
            case Instantiate step -> instantiate(step);
            case Register step -> register(step);
            case Perform step -> perform(step.action(), this::mustReturn);
            case AssertReturn step -> perform(step.action(), attempt -> mustReturn(step.expected(), attempt));
            case AssertTrap step -> perform(step.action(), attempt -> mustTrap(step.text(), attempt));
            case AssertRefused step -> step.textual() ? Outcome.TEXT_ONLY : mustBeRefused(step);
            case Command.Unknown step ->
                new Outcome.NotSupported("commands that this runner does not know: " + step.label());
        };
    }

    private Outcome instantiate(Instantiate step) {
        current = switch (attempt(() -> instantiate(step.file()))) {
            case Returned<Instance>(Instance instance) -> new Slot(instance, Outcome.PASSED);
            case Ended<Instance>(Ending ending) -> new Slot(null, unexpected(ending));
        };
        if (step.name() != null) {
            named.put(step.name(), current);
        }
        return current.outcome();
    }

    private Instance instantiate(String file) throws IOException {
        return session.instantiate(Files.readAllBytes(folder.resolve(file)), linker.imports());
    }

    private Outcome register(Register step) {
        Slot slot = slot(step.name());
        if (slot.instance() == null) {
            unregistered.add(slot.outcome());
            return consequence(slot);
        }
        linker.register(step.as(), slot.instance());
        return Outcome.PASSED;
    }

    private Outcome perform(Action action, Function<Attempt<CallResult>, Outcome> judge) {
        Slot slot = slot(action.module());
        Instance instance = slot.instance();
        return instance == null ? consequence(slot) : judge.apply(attempt(() -> perform(instance, action)));
    }

    private Outcome mustReturn(Attempt<CallResult> attempt) {
        return switch (attempt) {
            case Returned<CallResult> returned -> Outcome.PASSED;
            case Ended<CallResult>(Ending ending) -> unexpected(ending);
        };
    }

    private Outcome mustReturn(List<WasmValue> expected, Attempt<CallResult> attempt) {
        return switch (attempt) {
            case Returned<CallResult>(CallResult result) -> compare(expected, result);
            case Ended<CallResult>(Ending ending) -> unexpected(expected.toString(), ending);
        };
    }

    private Outcome mustTrap(String text, Attempt<CallResult> attempt) {
        return switch (attempt) {
            case Returned<CallResult>(CallResult result) ->
                new Outcome.Failed("expected " + text + ", got " + describe(result));
            case Ended<CallResult>(Ending ending) -> ending.trapsWith(text) ? Outcome.PASSED : unexpected(text, ending);
        };
    }

    private Outcome mustBeRefused(AssertRefused step) {
        return switch (attempt(() -> instantiate(step.file()))) {
            case Returned<Instance> returned -> new Outcome.Failed("expected " + step.text() + ", but it was taken");
            case Ended<Instance>(Ending ending) ->
                refusedAs(step, ending) ? Outcome.PASSED : unexpected(step.text(), ending);
        };
    }

    private boolean refusedAs(AssertRefused step, Ending ending) {
        return switch (step.refusal()) {
            case MALFORMED, INVALID -> ending.kind() == Kind.REFUSED;
            // An import may be missing for another reason than the one that is tested.
            case UNLINKABLE -> ending.kind() == Kind.UNLINKABLE && unregistered.isEmpty();
            case UNINSTANTIABLE -> ending.trapsWith(step.text());
        };
    }

    private static Outcome compare(List<WasmValue> expected, CallResult result) {
        int slot = 0;
        for (WasmValue value : expected) {
            if (!value.matches(result, slot)) {
                return new Outcome.Failed("expected " + expected + ", got " + describe(result));
            }
            slot += value.slotCount();
        }
        return Outcome.PASSED;
    }

    private CallResult perform(Instance instance, Action action) {
        if (!action.invoke()) {
            GlobalInstance global = instance.exports().global(action.field());
            return CallResult.of(
                    new long[] {global.getValueLow(), global.getValueHigh()}, new Object[] {global.getRefValue()});
        }
        List<WasmValue> arguments = action.arguments();
        long[] slots = arguments.stream().flatMapToLong(WasmValue::slots).toArray();
        FunctionType type = instance.exportType(action.field());
        if (type.hasObjectRefParams() || type.hasObjectRefReturns()) {
            Object[] references = arguments.stream().map(WasmValue::reference).toArray();
            return instance.export(action.field()).applyWithRefs(slots, references);
        }
        return CallResult.of(instance.export(action.field()).apply(slots), null);
    }

    private Slot slot(@Nullable String name) {
        if (name == null) {
            return current;
        }
        return named.getOrDefault(name, new Slot(null, new Outcome.Failed("the script has no instance " + name)));
    }

    private static Outcome consequence(Slot slot) {
        return slot.outcome() instanceof Outcome.Failed failed
                ? new Outcome.Failed("its module did not come to run: " + failed.reason())
                : slot.outcome();
    }

    private Outcome unexpected(Ending ending) {
        Optional<String> feature = ending.missingFeature();
        if (feature.isPresent()) {
            return new Outcome.NotSupported(feature.get());
        }
        for (Outcome cause : unregistered) {
            if (ending.kind() == Kind.UNLINKABLE && cause instanceof Outcome.NotSupported) {
                return cause;
            }
        }
        return new Outcome.Failed(ending.toString());
    }

    private Outcome unexpected(String expected, Ending ending) {
        return unexpected(ending) instanceof Outcome.Failed failed
                ? new Outcome.Failed("expected " + expected + ", got " + failed.reason())
                : unexpected(ending);
    }

    private <T> Attempt<T> attempt(Callable<T> work) {
        try {
            return new Returned<>(work.call());
        } catch (Throwable e) {
            // Whatever a pipeline throws, errors of the JVM's linker too: a fault of one command, not of the run.
            return new Ended<>(session.ending(e));
        }
    }

    private static String describe(CallResult result) {
        String longs = result.longs() == null
                ? "[]"
                : LongStream.of(result.longs())
                        .mapToObj(Long::toHexString)
                        .toList()
                        .toString();
        return "bits " + longs + (result.refs() == null ? "" : ", references " + Arrays.toString(result.refs()));
    }
}
