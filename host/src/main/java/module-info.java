/// Cloche, the extension host for the JVM: runs untrusted WebAssembly and JavaScript inside a Java process.
module dev.cloche.host {
    requires static transitive org.jspecify;
    requires run.endive.wasm;
    requires run.endive.runtime;
    requires run.endive.wasi;
    requires run.endive.log;
    requires run.endive.compiler;
    requires tools.jackson.databind;
    requires com.networknt.schema;
    requires org.semver4j;
    requires org.xerial.sqlitejdbc;
    requires org.eclipse.jetty.client;
    requires io.prometheus.metrics.model;
    requires io.prometheus.writer.text;
    requires transitive org.slf4j;
    requires java.sql;
    requires jdk.net;

    exports dev.cloche.host;
    exports dev.cloche.host.call;
    exports dev.cloche.host.bundle;
    exports dev.cloche.host.control;
    exports dev.cloche.host.ledger;
    exports dev.cloche.host.telemetry;
}
