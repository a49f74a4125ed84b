package dev.cloche.host.engine.script;

import dev.cloche.host.call.Budget;
import dev.cloche.host.engine.BudgetExhaustedException;
import dev.cloche.host.engine.GuestInstance;
import dev.cloche.host.engine.Snapshot;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.memory.Memories;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.Instance;

/// The exports of QuickJS under Java names. A *value* is a pointer to a boxed JavaScript value in the guest's memory;
/// who gets one from a method here owns it and must [#free] it, unless the method says that it is borrowed.
///
/// Confined to the thread that runs the isolate.
final class JsRuntime {
    /// Evaluate as an ES module; the answer is a promise.
    static final int EVAL_MODULE = 1;

    /// Evaluate as a script.
    static final int EVAL_SCRIPT = 0;

    private static final String TRACE = "cloche:trace";

    static final int PROMISE_PENDING = 0;
    static final int PROMISE_FULFILLED = 1;

    /// QuickJS gives up recursion here, well before the guest thread's own stack ends.
    static final int STACK_BYTES = 200 << 10;

    /// What of the linear memory is not JavaScript heap: the engine's data and its own stack.
    static final long ENGINE_BYTES = 2L << 20;

    private static final int WORD = 4;

    private final GuestInstance guest;
    private final Instance instance;
    private final long memoryLimitBytes;
    private final EngineHost host;
    private final ExportFunction malloc;
    private final ExportFunction mfree;
    private final ExportFunction freeValue;
    private final ExportFunction isException;
    private final ExportFunction call;
    private final ExportFunction stringNew;
    private final ExportFunction numberNew;
    private final ExportFunction getFloat64;
    private final ExportFunction getStringLen;
    private final ExportFunction freeCString;
    private final ExportFunction jobPending;
    private final ExportFunction executeJob;

    /// @param memoryLimitBytes what a failed allocation names as the limit
    private JsRuntime(EngineHost host, GuestInstance guest, long memoryLimitBytes) {
        this.host = host;
        this.guest = guest;
        this.instance = guest.instance();
        this.memoryLimitBytes = memoryLimitBytes;
        this.malloc = instance.export("wasm_malloc");
        this.mfree = instance.export("wasm_free");
        this.freeValue = instance.export("qjs_free_value");
        this.isException = instance.export("qjs_is_exception");
        this.call = instance.export("qjs_call");
        this.stringNew = instance.export("qjs_new_string");
        this.numberNew = instance.export("qjs_new_number");
        this.getFloat64 = instance.export("qjs_get_float64");
        this.getStringLen = instance.export("qjs_get_string_len");
        this.freeCString = instance.export("qjs_free_cstring");
        this.jobPending = instance.export("qjs_is_job_pending");
        this.executeJob = instance.export("qjs_execute_pending_job");
    }

    /// An engine in the state of a snapshot.
    static JsRuntime stamp(
            EngineHost host, Memories memories, long memoryBytes, Snapshot snapshot, Consumer<JsRuntime> early) {
        GuestInstance guest = GuestInstance.stamp(
                ScriptEngineBinary.code(!memories.foreign()),
                snapshot,
                new GuestInstance.Ground(memories, memoryBytes, EngineImports.of(host), host::born));
        JsRuntime js = new JsRuntime(host, guest, memoryBytes);
        early.accept(js);
        return js;
    }

    /// Frees what only garbage holds.
    void collectGarbage() {
        instance.export("qjs_run_gc").apply();
    }

    GuestInstance guest() {
        return guest;
    }

    LinearMemory memory() {
        return guest.memory();
    }

    /// Instantiates and starts an engine: libc, runtime, context, limits, module loader.
    ///
    /// @param early is handed the engine before any of its code runs, since that code calls the host
    static JsRuntime boot(EngineHost host, Memories memories, long memoryBytes, Consumer<JsRuntime> early) {
        GuestInstance guest = GuestInstance.create(
                ScriptEngineBinary.code(!memories.foreign()),
                new GuestInstance.Ground(memories, memoryBytes, EngineImports.of(host), host::born));
        JsRuntime js = new JsRuntime(host, guest, memoryBytes);
        early.accept(js);
        Instance instance = js.instance;
        instance.export("_initialize").apply();
        if ((int) instance.export("qjs_init").apply()[0] != 0) {
            throw new BudgetExhaustedException(Budget.MEMORY, memoryBytes);
        }
        instance.export("qjs_set_memory_limit").apply(memoryBytes - ENGINE_BYTES);
        instance.export("qjs_set_max_stack_size").apply(STACK_BYTES);
        instance.export("qjs_set_interrupt_handler").apply(1);
        instance.export("qjs_set_module_loader").apply(1);
        instance.export("qjs_set_promise_rejection_handler").apply(1);
        return js;
    }

    // ---- Memory ------------------------------------------------------------------------------------------------

    int malloc(int size) {
        int pointer = (int) malloc.apply(size)[0];
        if (pointer == 0) {
            throw new BudgetExhaustedException(Budget.MEMORY, memoryLimitBytes);
        }
        return pointer;
    }

    void mfree(int pointer) {
        mfree.apply(pointer);
    }

    /// Copies the bytes and a NUL behind them; to be freed with [#mfree], or by the engine where that takes it over.
    int place(byte[] bytes) {
        int pointer = malloc(bytes.length + 1);
        memory().write(pointer, bytes);
        memory().writeByte(pointer + bytes.length, (byte) 0);
        return pointer;
    }

    String cString(int pointer) {
        return memory().readCString(pointer);
    }

    // ---- Values ------------------------------------------------------------------------------------------------

    void free(int value) {
        freeValue.apply(value);
    }

    int undefined() {
        return (int) instance.export("qjs_get_undefined").apply()[0];
    }

    int newString(String text) {
        return newString(text.getBytes(StandardCharsets.UTF_8));
    }

    int newString(byte[] utf8) {
        int pointer = place(utf8);
        int value = (int) stringNew.apply(pointer, utf8.length)[0];
        mfree(pointer);
        return value;
    }

    int newNumber(double number) {
        return (int) numberNew.apply(Double.doubleToRawLongBits(number))[0];
    }

    /// A number that a JavaScript number holds exactly: ids and counts stay far below 2^53.
    int newNumber(long number) {
        return newNumber((double) number);
    }

    int newBuffer(byte[] bytes) {
        int pointer = place(bytes);
        int value = (int) instance.export("qjs_new_array_buffer").apply(pointer, bytes.length)[0];
        mfree(pointer);
        return value;
    }

    int newObject() {
        return (int) instance.export("qjs_new_object").apply()[0];
    }

    /// A JavaScript function that calls `env.host_call` with this name.
    int hostFunction(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int pointer = place(bytes);
        int value = (int) instance.export("qjs_new_host_function").apply(pointer, bytes.length, 0)[0];
        mfree(pointer);
        return value;
    }

    void setProperty(int object, String name, int value) {
        int pointer = place(name.getBytes(StandardCharsets.UTF_8));
        instance.export("qjs_set_prop_string").apply(object, pointer, value);
        mfree(pointer);
    }

    int property(int object, String name) {
        int pointer = place(name.getBytes(StandardCharsets.UTF_8));
        int value = (int) instance.export("qjs_get_prop_string").apply(object, pointer)[0];
        mfree(pointer);
        return value;
    }

    int element(int array, int index) {
        return (int) instance.export("qjs_get_prop_uint32").apply(array, index)[0];
    }

    /// The number of a value that is one.
    double toNumber(int value) {
        return Double.longBitsToDouble(getFloat64.apply(value)[0]);
    }

    boolean toBoolean(int value) {
        return (int) instance.export("qjs_get_bool").apply(value)[0] != 0;
    }

    boolean isString(int value) {
        return (int) instance.export("qjs_is_string").apply(value)[0] != 0;
    }

    boolean isException(int value) {
        return (int) isException.apply(value)[0] != 0;
    }

    /// The value converted to a string, as UTF-8; lone surrogates become U+FFFD. Empty if it cannot be converted.
    byte[] toUtf8(int value) {
        int lengthPointer = malloc(WORD);
        int pointer = (int) getStringLen.apply(value, lengthPointer)[0];
        int length = memory().readInt(lengthPointer);
        mfree(lengthPointer);
        if (pointer == 0) {
            free(takeException());
            return new byte[0];
        }
        byte[] bytes = copied(pointer, length);
        freeCString.apply(pointer);
        return Wtf8.toUtf8(bytes);
    }

    String toText(int value) {
        return new String(toUtf8(value), StandardCharsets.UTF_8);
    }

    /// The bytes of an `ArrayBuffer` or of a typed array.
    ///
    /// @throws ScriptException if it is neither
    byte[] toBytes(int value) {
        boolean whole = (int) instance.export("qjs_is_array_buffer").apply(value)[0] != 0;
        int words = malloc(3 * WORD);
        try {
            if (whole) {
                return bufferBytes(value, words, 0, -1);
            }
            int buffer = (int) instance.export("qjs_get_typed_array_buffer")
                    .apply(value, words, words + WORD, words + 2 * WORD)[0];
            int offset = memory().readInt(words);
            int length = memory().readInt(words + WORD);
            checked(buffer);
            byte[] bytes = bufferBytes(buffer, words, offset, length);
            free(buffer);
            return bytes;
        } finally {
            mfree(words);
        }
    }

    private byte[] bufferBytes(int buffer, int lengthPointer, int offset, int length) {
        int pointer = (int) instance.export("qjs_get_array_buffer").apply(buffer, lengthPointer)[0];
        int whole = memory().readInt(lengthPointer);
        if (pointer == 0) {
            return new byte[0];
        }
        return copied(pointer + offset, length < 0 ? whole : Math.min(length, whole - offset));
    }

    private byte[] copied(int pointer, int length) {
        guest.account().copy(length);
        return memory().readBytes(pointer, length);
    }

    // ---- Running code ------------------------------------------------------------------------------------------

    /// Evaluates source text.
    ///
    /// @throws ScriptException if it throws or is not valid
    int eval(byte[] source, String fileName, int flags) {
        int code = place(source);
        int name = place(fileName.getBytes(StandardCharsets.UTF_8));
        int value = (int) instance.export("qjs_eval").apply(code, source.length, name, flags)[0];
        mfree(code);
        mfree(name);
        return checked(value);
    }

    /// Compiles a module without running it.
    ///
    /// @throws ScriptException if it is not valid
    void compile(byte[] source, String fileName) {
        int code = place(source);
        int name = place(fileName.getBytes(StandardCharsets.UTF_8));
        int length = malloc(WORD);
        int bytecode = (int) instance.export("qjs_compile").apply(code, source.length, name, EVAL_MODULE, 0, length)[0];
        mfree(code);
        mfree(name);
        mfree(length);
        if (bytecode == 0) {
            throw exception();
        }
        mfree(bytecode);
    }

    /// Calls a function with borrowed arguments.
    ///
    /// @throws ScriptException if it throws
    int call(int function, int... arguments) {
        int argv = malloc(Math.max(1, arguments.length) * WORD);
        for (int i = 0; i < arguments.length; i++) {
            memory().writeI32(argv + i * WORD, arguments[i]);
        }
        int self = undefined();
        int value = (int) call.apply(function, self, arguments.length, argv)[0];
        free(self);
        mfree(argv);
        return checked(value);
    }

    private int checked(int value) {
        if (!isException(value)) {
            return value;
        }
        free(value);
        throw exception();
    }

    /// What was thrown last, taken from the engine.
    ScriptException exception() {
        int thrown = takeException();
        String[] parts = new String[] {"name", "message", "stack"};
        for (int i = 0; i < parts.length; i++) {
            int part = property(thrown, parts[i]);
            boolean present = !isException(part) && isString(part);
            parts[i] = present ? toText(part) : "";
            free(part);
        }
        String text = parts[1].isEmpty() ? toText(thrown) : parts[1];
        free(thrown);
        var exception = new ScriptException(parts[0].isEmpty() ? "Error" : parts[0], text, parts[2]);
        host.thrown(exception);
        return exception;
    }

    /// Where a script was that was stopped in the middle, as QuickJS writes stacks. The engine is good for nothing else
    /// then, and not certain to be good for this.
    String whereabouts() {
        // A collection would take longer than there is time for, and look at what may be half done.
        instance.export("qjs_set_gc_threshold").apply(-1);
        int text = eval("new Error().stack ?? ''".getBytes(StandardCharsets.UTF_8), TRACE, EVAL_SCRIPT);
        return withoutQuestion(toText(text));
    }

    /// A stack without the frame that asked for it.
    static String withoutQuestion(String stack) {
        return stack.lines().filter(line -> !line.contains(TRACE)).collect(Collectors.joining("\n"));
    }

    private int takeException() {
        return (int) instance.export("qjs_get_exception").apply()[0];
    }

    /// Makes `message` the pending exception of the host function or loader that is being called.
    void raise(String type, String message) {
        int error = (int) instance.export("qjs_new_error").apply()[0];
        int text = newString(message);
        int name = newString(type);
        setProperty(error, "message", text);
        setProperty(error, "name", name);
        instance.export("qjs_throw").apply(error);
        free(name);
        free(text);
        free(error);
    }

    boolean microtaskPending() {
        return (int) jobPending.apply()[0] != 0;
    }

    /// Runs one microtask.
    ///
    /// @throws ScriptException if it throws
    void runMicrotask() {
        if ((int) executeJob.apply()[0] < 0) {
            throw exception();
        }
    }

    int promiseState(int promise) {
        return (int) instance.export("qjs_promise_state").apply(promise)[0];
    }

    int promiseResult(int promise) {
        return (int) instance.export("qjs_promise_result").apply(promise)[0];
    }

    /// Which object a value is; equal for two values of the same object.
    int identity(int value) {
        return (int) instance.export("qjs_get_value_ptr").apply(value)[0];
    }

    /// The arguments of a host function, borrowed.
    int[] arguments(int count, int argv) {
        int[] arguments = new int[count];
        Arrays.setAll(arguments, i -> memory().readInt(argv + i * WORD));
        return arguments;
    }
}
