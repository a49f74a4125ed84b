package dev.cloche.host.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Mutated bundles are read or refused; nothing else ever happens. Replay a run with `-Dcloche.fuzz.seed=N`.
class BundleFuzzTest {
    private static final int ZIPS = 2_500;
    private static final int MANIFESTS = 2_500;
    private static final String[] SPLINTERS = {
        "null",
        "{}",
        "[]",
        "\"\"",
        "0",
        "-1",
        "1e99",
        "1e999",
        "9223372036854775808",
        "true",
        "\"\\ud800\"",
        "\"..\"",
        "{\"$ref\":\"#\"}",
        "[[[[",
        "}}",
        ",",
        ":",
        "\\",
        "\u0000",
        "\"name\":",
        "\"*\"",
        "\"(\"",
        "\"1h\"",
        "\"\u202e\"",
    };
    private static final String MANIFEST = """
            {"apiVersion":"cloche.dev/v1","name":"hello","version":"1.0.0","kind":"script","entry":"main.js",
            "files":["a/**"],
            "capabilities":{"http.fetch":{"hosts":["a.b"],"methods":["GET"]},"fs.read":{"root":"d"},"log":{}},
            "contributes":{"hooks":[{"name":"h","kind":"filter","priority":5,"failure":"skip"}],
            "tools":[{"name":"t","description":"d","parameters":{"type":"object",
            "properties":{"p":{"type":"string","pattern":"^a+$","minLength":1}},
            "required":["p"],"$defs":{"x":{"enum":[1]}},"allOf":[{"$ref":"#/$defs/x"}]}}],"commands":[{"name":"c"}]},
            "limits":{"timeout":"5s","memory":"1MiB","payload":5,"hostcalls":9},
            "pool":{"min":1,"max":2,"memory-fraction":0.5},
            "depends":{"other":"^1.0.0"},"requires":{"host":">=0.1.0"},
            "description":"d","license":"MIT","abi":"script_v1"}""";

    @Test
    void onlyBundleExceptionsComeOutOfMutatedZips() {
        Random random = random();
        Map<String, byte[]> files = new TreeMap<>(Map.of(
                "cloche.json",
                MANIFEST.getBytes(StandardCharsets.UTF_8),
                "main.js",
                "export {}".getBytes(StandardCharsets.UTF_8),
                "lib/",
                new byte[0],
                "lib/a.json",
                new byte[2_000]));
        byte[][] seeds = {TestBundles.deflated(files), TestBundles.stored(files)};
        int refused = 0;
        for (int i = 0; i < ZIPS; i++) {
            refused += isRefused(mutate(seeds[i % seeds.length], random)) ? 1 : 0;
        }
        assertThat(refused).isGreaterThan(ZIPS / 2);
    }

    private static boolean isRefused(byte[] zip) {
        try {
            Bundle bundle = BundleReader.readZip("fuzz", zip);
            assertThat(BundleReader.readZip("again", bundle.zip().toByteArray()).digest())
                    .isEqualTo(bundle.digest());
            return false;
        } catch (BundleException e) {
            assertThat(e.violations()).isNotEmpty();
            return true;
        }
    }

    private static byte[] mutate(byte[] seed, Random random) {
        byte[] zip = random.nextInt(8) == 0 ? Arrays.copyOf(seed, random.nextInt(seed.length + 20)) : seed.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && zip.length > 0; i++) {
            int at = random.nextBoolean()
                    ? random.nextInt(zip.length)
                    : zip.length - 1 - random.nextInt(Math.min(400, zip.length));
            switch (random.nextInt(4)) {
                case 0 -> zip[at] = (byte) random.nextInt();
                case 1 -> zip[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> Arrays.fill(zip, at, Math.min(zip.length, at + 4), (byte) (random.nextBoolean() ? 0xFF : 0));
                default -> zip[at] = zip[random.nextInt(zip.length)];
            }
        }
        return zip;
    }

    @Test
    void onlyBundleExceptionsComeOutOfMutatedManifests() {
        Random random = random();
        int refused = 0;
        for (int i = 0; i < MANIFESTS; i++) {
            byte[] manifest = mutate(MANIFEST, random).getBytes(StandardCharsets.UTF_8);
            try {
                BundleReader.of("fuzz", Map.of("cloche.json", manifest, "main.js", new byte[] {'1'}));
            } catch (BundleException e) {
                assertThat(e.violations()).isNotEmpty();
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(MANIFESTS / 2);
    }

    private static String mutate(String seed, Random random) {
        StringBuilder text = new StringBuilder(seed);
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(5)) {
                case 0 -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
                case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(20)));
                case 2 -> text.insert(at, SPLINTERS[random.nextInt(SPLINTERS.length)]);
                case 3 -> replaceValue(text, at, SPLINTERS[random.nextInt(SPLINTERS.length)]);
                default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(200))));
            }
        }
        return text.toString();
    }

    /// Puts something else in the place of the value behind the next colon, which mostly leaves JSON.
    private static void replaceValue(StringBuilder text, int from, String value) {
        int colon = text.indexOf(":", from);
        int end = colon;
        while (end >= 0 && end < text.length() && ",]}".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        if (colon >= 0) {
            text.replace(colon + 1, end, value);
        }
    }

    private static Random random() {
        long seed = Long.getLong("cloche.fuzz.seed", new Random().nextLong());
        System.out.println("BundleFuzzTest seed=" + seed);
        return new Random(seed);
    }
}
