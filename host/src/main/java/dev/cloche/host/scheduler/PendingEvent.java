package dev.cloche.host.scheduler;

/// An inbound event that the script has not been given.
final class PendingEvent extends Ready {
    final long sequence;
    final InboundEvent event;

    PendingEvent(long sequence, InboundEvent event) {
        this.sequence = sequence;
        this.event = event;
    }
}
