package dev.cloche.host;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Reply;
import dev.cloche.host.extension.Engines;
import dev.cloche.host.ledger.store.DenialRows;
import dev.cloche.host.ledger.store.Ledger;
import dev.cloche.host.pool.PoolStats;
import dev.cloche.host.service.ServiceSettings;
import dev.cloche.host.storage.Storage;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/// What a host consists of, for those who look at it: the doctor, the operations of its socket.
///
/// @param services how services were set up
/// @param reactor how it was set up
/// @param trial loads a bundle whose every hostcall is denied, and that is in no registry, and makes calls on it
record HostParts(
        Storage storage,
        Engines engines,
        Extensions extensions,
        HostcallPath hostcalls,
        OperatorRules rules,
        Records records,
        ServiceSettings services,
        ReactorConfig reactor,
        BiFunction<Bundle, List<Call>, List<Reply>> trial) {

    /// What is recorded.
    record Records(Ledger ledger, DenialRows denials) {}

    Path home() {
        return storage.folder();
    }

    /// Takes the home's lock, if the host does not hold it yet.
    ///
    /// @return the home
    /// @throws dev.cloche.host.storage.StorageException if the home cannot be used
    Path hold() {
        return storage.home().folder();
    }

    /// The ids of everything that is loaded or installed. Loads nothing.
    Set<String> extensionIds() {
        return extensions.versions().keySet();
    }

    /// The numbers of the pools of what is loaded, by id. Loads nothing.
    SortedMap<String, PoolStats> poolStats() {
        SortedMap<String, PoolStats> stats = new TreeMap<>();
        extensions.loaded().forEach(extension -> stats.put(extension.id(), extension.poolStats()));
        return stats;
    }
}
