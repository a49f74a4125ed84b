package dev.cloche.host.bundle;

/// The records of a zip file, as far as bundles use them. All numbers are little-endian.
///
/// ```
/// local header   30 + name + extra   0 signature 6 flags 8 method 14 crc 18 packed 22 size 26 name len 28 extra len
/// descriptor     12 or 16            [signature] crc packed size: after the content, if flag 3 is set
/// directory      46 + name + extra   0 signature 8 flags 10 method 16 crc 20 packed 24 size 28 name len 30 extra len
///                                    32 comment length 34 disk 38 external attributes 42 offset of the local header
/// end            22 + comment        0 signature 4 disk 6 directory's disk 8 entries here 10 entries 12 directory size
///                                    16 directory offset 20 comment length
/// ```
final class ZipFormat {
    static final int LOCAL_SIGNATURE = 0x04034b50;
    static final int LOCAL_BYTES = 30;
    static final int DESCRIPTOR_SIGNATURE = 0x08074b50;
    static final int DESCRIPTOR_BYTES = 12;
    static final int DIRECTORY_SIGNATURE = 0x02014b50;
    static final int DIRECTORY_BYTES = 46;
    static final int END_SIGNATURE = 0x06054b50;
    static final int END_BYTES = 22;

    static final int STORED = 0;
    static final int DEFLATED = 8;

    static final int FLAG_ENCRYPTED = 1;
    static final int FLAG_DESCRIPTOR = 1 << 3;
    static final int FLAG_PATCH = 1 << 5;
    static final int FLAG_STRONG_ENCRYPTION = 1 << 6;
    static final int FLAG_UTF8 = 1 << 11;
    static final int FLAG_MASKED = 1 << 13;

    static final int EXTRA_ZIP64 = 0x0001;
    static final int EXTRA_UNICODE_PATH = 0x7075;
    static final int EXTRA_AES = 0x9901;

    /// A count or an offset that says: look into the Zip64 records instead.
    static final int ZIP64_COUNT = 0xFFFF;
    static final long ZIP64_VALUE = 0xFFFF_FFFFL;

    private ZipFormat() {}
}
