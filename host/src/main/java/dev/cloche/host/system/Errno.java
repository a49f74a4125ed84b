package dev.cloche.host.system;

/// Names of the errors that the system refuses calls with.
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOMEM = 12;
    public static final int EINVAL = 22;
    public static final int ENOSYS = 38;

    private static final int ESRCH = 3;
    private static final int EIO = 5;
    private static final int EFAULT = 14;

    private Errno() {}

    /// The name and what it means, for people.
    public static String text(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM: this process may not";
            case ESRCH -> "ESRCH: there is no such thread";
            case EIO -> "EIO: the kernel could not do it";
            case ENOMEM -> "ENOMEM: there is not enough memory";
            case EFAULT -> "EFAULT: the memory cannot be had";
            case EINVAL -> "EINVAL: there is no such processor or node, or the process may not use it";
            case ENOSYS -> "ENOSYS: the kernel does not have the call";
            default -> "see errno(3)";
        };
    }
}
