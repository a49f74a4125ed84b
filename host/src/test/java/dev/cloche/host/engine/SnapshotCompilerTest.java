package dev.cloche.host.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.engine.cache.ContentCache;
import dev.cloche.host.engine.compile.CompiledModule;
import dev.cloche.host.engine.compile.ModuleCompiler;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Modules that several want compiled at once, under limits that differ.
@Timeout(30)
class SnapshotCompilerTest {
    private static final ModuleCompiler.Rewrite AS_IT_IS = new ModuleCompiler.Rewrite(true, false);

    @TempDir
    Path temp;

    @Test
    void aRefusalIsNobodyElses() {
        byte[] wasm = SnapshotGuest.module("state");
        var compiler = new ModuleCompiler(
                true, ContentCache.at(temp.resolve("cache"), ContentCache.BYTES_MAX_DEFAULT, Clock.systemUTC()));
        CompletableFuture<Void> checking = new CompletableFuture<>();
        CompletableFuture<Thread> waiting = new CompletableFuture<>();
        CompletableFuture<CompiledModule> strict = CompletableFuture.supplyAsync(
                () -> compiler.compile(wasm, AS_IT_IS, module -> {
                    checking.complete(null);
                    Thread other = waiting.join();
                    while (other.getState() != Thread.State.WAITING && other.getState() != Thread.State.TIMED_WAITING) {
                        Thread.onSpinWait();
                    }
                    throw new IllegalArgumentException("not under my limits");
                }),
                task -> Thread.ofPlatform().start(task));
        checking.join();
        CompletableFuture<CompiledModule> lenient = CompletableFuture.supplyAsync(
                () -> {
                    waiting.complete(Thread.currentThread());
                    return compiler.compile(wasm, AS_IT_IS, module -> {});
                },
                task -> Thread.ofPlatform().start(task));
        assertThatThrownBy(strict::join).hasRootCauseMessage("not under my limits");
        assertThat(lenient.join().interpreted()).isNull();
    }
}
