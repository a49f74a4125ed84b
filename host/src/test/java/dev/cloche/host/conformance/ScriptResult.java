package dev.cloche.host.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// What came of a script's commands in each pipeline, in their order.
///
/// @param outcomes by the pipeline's name; each list is as long as the commands
record ScriptResult(Script script, Map<String, List<Outcome>> outcomes) {
    /// Generous on two slow cores: no command of the suite needs a second.
    private static final long LIMIT_MILLIS = 30_000;

    private static final long GRACE_MILLIS = 5_000;

    ScriptResult {
        outcomes = Map.copyOf(outcomes);
    }

    static ScriptResult play(Script script, List<Pipeline> pipelines) {
        return play(script, pipelines, LIMIT_MILLIS, GRACE_MILLIS);
    }

    static ScriptResult play(Script script, List<Pipeline> pipelines, long limitMillis, long graceMillis) {
        Map<String, List<Outcome>> outcomes = new HashMap<>();
        for (Pipeline pipeline : pipelines) {
            outcomes.put(pipeline.name(), play(script, pipeline, limitMillis, graceMillis));
        }
        return new ScriptResult(script, outcomes);
    }

    private static List<Outcome> play(Script script, Pipeline pipeline, long limitMillis, long graceMillis) {
        Pipeline.Session session = pipeline.open();
        try (WatchedThread thread = new WatchedThread(session, limitMillis, graceMillis)) {
            List<Outcome> outcomes = new ArrayList<>();
            ScriptPlay play = new ScriptPlay(session, script.folder());
            for (Command command : script.commands()) {
                outcomes.add(thread.run(() -> play.play(command)));
            }
            if (!thread.stuck()) {
                session.close();
            }
            return outcomes;
        }
    }

    List<Outcome> of(Pipeline pipeline) {
        return outcomes.getOrDefault(pipeline.name(), List.of());
    }

    /// How many commands had such an outcome.
    long count(Pipeline pipeline, Class<? extends Outcome> kind) {
        return of(pipeline).stream().filter(kind::isInstance).count();
    }

    /// What failed, with its place in the script.
    List<Finding> failures(Pipeline pipeline) {
        return failures(pipeline, pipeline, Outcome.Failed.class);
    }

    /// What failed that has such an outcome in another pipeline.
    List<Finding> failures(Pipeline pipeline, Pipeline reference, Class<? extends Outcome> there) {
        return IntStream.range(0, of(pipeline).size())
                .filter(i -> of(pipeline).get(i) instanceof Outcome.Failed
                        && there.isInstance(of(reference).get(i)))
                .mapToObj(i -> finding(pipeline, i))
                .toList();
    }

    private Finding finding(Pipeline pipeline, int index) {
        Command command = script.commands().get(index);
        String reason = of(pipeline).get(index) instanceof Outcome.Failed failed ? failed.reason() : "";
        return new Finding(script.name(), command.line(), command.label(), reason);
    }

    /// A command that failed.
    ///
    /// @param line in the script's source
    record Finding(String script, int line, String label, String reason) {
        /// The same, wherever in the script it happened.
        Finding anywhere() {
            return new Finding(script, 0, label, reason);
        }
    }
}
