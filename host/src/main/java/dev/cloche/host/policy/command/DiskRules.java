package dev.cloche.host.policy.command;

import java.util.List;
import java.util.Set;

/// Disks that are emptied, formatted or partitioned. What writes to a device's bytes is among [FileRules].
final class DiskRules {
    private static final Set<String> FORMATS = Set.of(
            "mke2fs",
            "mkdosfs",
            "mkntfs",
            "mkudffs",
            "mkswap",
            "newfs",
            "newfs_msdos",
            "blkdiscard",
            "sg_format",
            "flash_erase",
            "flash_eraseall",
            "scrub",
            "lvremove",
            "vgremove",
            "pvremove",
            "diskpart");
    private static final Set<String> PARTITIONS =
            Set.of("fdisk", "cfdisk", "sfdisk", "gdisk", "sgdisk", "cgdisk", "parted", "gparted");
    private static final String[] LISTS = {
        "-l", "--list", "-p", "--print", "-d", "--dump", "print", "-v", "--verify", "-s", "--show-size"
    };
    private static final Set<String> PARTED_CHANGES =
            Set.of("mklabel", "mktable", "mkpart", "rm", "resizepart", "set", "rescue");

    private DiskRules() {}

    static void check(Invocation invocation, Findings findings) {
        if (wipes(invocation)) {
            findings.add(CommandClass.DISK_WIPE, invocation.source());
        }
    }

    private static boolean wipes(Invocation invocation) {
        String name = invocation.name();
        if (name.equals("mkfs") || name.startsWith("mkfs.") || FORMATS.contains(name)) {
            return true;
        }
        if (PARTITIONS.contains(name)) {
            return invocation.arguments().stream().anyMatch(PARTED_CHANGES::contains) || !invocation.has(LISTS);
        }
        List<String> arguments = invocation.arguments();
        return switch (name) {
            case "wipefs" -> !invocation.has("-n", "--no-act", "-i") || invocation.flag('a');
            case "shred", "wipe", "nwipe" ->
                arguments.stream().anyMatch(path -> FileRules.isDevice(invocation.resolved(path)));
            case "badblocks" -> invocation.flag('w') || invocation.flag('n');
            case "hdparm" -> arguments.stream().anyMatch(a -> a.startsWith("--security-") || a.startsWith("--trim"));
            case "nvme" -> invocation.has("format", "sanitize", "write-zeroes");
            case "cryptsetup" -> invocation.has("luksFormat", "erase", "luksErase", "reencrypt");
            case "mdadm" -> invocation.has("--zero-superblock", "--create", "-C");
            case "zpool" -> invocation.has("destroy", "labelclear", "create");
            case "zfs" -> invocation.has("destroy");
            case "btrfs" -> invocation.has("delete");
            case "diskutil" -> arguments.stream().anyMatch(a -> a.startsWith("erase") || a.startsWith("partition"));
            default -> false;
        };
    }
}
