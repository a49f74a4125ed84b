package dev.cloche.host.service;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/// Tells the addresses of the public internet from all others: this machine, its networks, its cloud's metadata,
/// multicast, and what is reserved (the special-purpose registries of RFC 6890).
final class PublicAddresses {
    private static final int IPV4_BYTES = 4;

    private static final List<Block> NOT_PUBLIC_V4 = blocks(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            // Metadata of a large cloud, at an address that is public otherwise.
            "168.63.129.16/32",
            "224.0.0.0/4",
            "240.0.0.0/4");

    // Only this block is handed out to the public internet; within it, tunnels, documentation and benchmarks are not.
    private static final Block GLOBAL_V6 = block("2000::/3");

    private static final List<Block> NOT_PUBLIC_V6 = blocks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    // Addresses of IPv4 in the clothes of IPv6: what counts is the one inside.
    private static final Block TRANSLATED = block("64:ff9b::/96");

    private PublicAddresses() {}

    /// Whether the address belongs to the public internet.
    static boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == IPV4_BYTES ? containsV4(bytes) : containsV6(bytes);
    }

    private static boolean containsV4(byte[] address) {
        return NOT_PUBLIC_V4.stream().noneMatch(block -> block.contains(address));
    }

    private static boolean containsV6(byte[] address) {
        if (TRANSLATED.contains(address)) {
            byte[] inner = Arrays.copyOfRange(address, address.length - IPV4_BYTES, address.length);
            return containsV4(inner);
        }
        return GLOBAL_V6.contains(address) && NOT_PUBLIC_V6.stream().noneMatch(block -> block.contains(address));
    }

    private static List<Block> blocks(String... texts) {
        return Arrays.stream(texts).map(PublicAddresses::block).toList();
    }

    private static Block block(String text) {
        int slash = text.indexOf('/');
        try {
            byte[] base = InetAddress.getByName(text.substring(0, slash)).getAddress();
            return new Block(base, Integer.parseInt(text.substring(slash + 1)));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not a literal address, block=" + text, e);
        }
    }

    /// All addresses that share their first bits.
    private static final class Block {
        private final byte[] base;
        private final int bits;

        Block(byte[] base, int bits) {
            this.base = base;
            this.bits = bits;
        }

        boolean contains(byte[] address) {
            if (address.length != base.length) {
                return false;
            }
            int whole = bits / Byte.SIZE;
            int rest = bits % Byte.SIZE;
            int mask = 0xff << (Byte.SIZE - rest);
            return Arrays.equals(address, 0, whole, base, 0, whole)
                    && (rest == 0 || (address[whole] & mask) == (base[whole] & mask));
        }
    }
}
