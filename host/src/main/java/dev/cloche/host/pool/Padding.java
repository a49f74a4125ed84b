package dev.cloche.host.pool;

/// Room in front of the fields of a subclass, two cache lines: what one processor writes there is not in a line with
/// what another one writes in the object before.
@SuppressWarnings({"unused", "UnusedVariable"}) // room is all they are for
abstract class Padding {
    private long p0;
    private long p1;
    private long p2;
    private long p3;
    private long p4;
    private long p5;
    private long p6;
    private long p7;
    private long p8;
    private long p9;
    private long p10;
    private long p11;
    private long p12;
    private long p13;
    private long p14;
    private long p15;
}
