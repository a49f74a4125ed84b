package dev.cloche.host.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.policy.Decision;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FetchRulesTest {
    private static Capability side(String hosts, String methods) {
        Map<String, List<String>> parameters = new java.util.HashMap<>();
        if (!hosts.isEmpty()) {
            parameters.put("hosts", Arrays.asList(hosts.split(" ")));
        }
        if (!methods.isEmpty()) {
            parameters.put("methods", Arrays.asList(methods.split(" ")));
        }
        return new Capability("http.fetch", parameters);
    }

    private static String decide(Capability manifest, Capability grant, String method, String url) {
        Decision.Allowed allowed =
                new Decision.Allowed("http.fetch", "grant:notes", manifest, List.of(grant), List.of());
        return switch (FetchRules.of(allowed).decide(method, FetchTarget.parse(url))) {
            case FetchRules.Open open -> open.reach().name();
            case FetchRules.Closed closed -> closed.denied().details().getOrDefault("rule", "");
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.100.100.200",
                "127.0.0.1",
                "127.255.0.1",
                "169.254.169.254",
                "169.254.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.51.100.7",
                "203.0.113.9",
                "168.63.129.16",
                "224.0.0.1",
                "239.255.255.250",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::ffff:a9fe:a9fe",
                "::127.0.0.1",
                "64:ff9b::10.0.0.1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:db8::1",
                "2002:7f00:1::",
                "2002:a00:1::",
                "3fff::1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "5f00::1"
            })
    void addressIsNotPublic(String literal) {
        assertThat(PublicAddresses.contains(InetAddress.ofLiteral(literal))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.0.0.1",
                "128.0.0.1", "172.15.255.255", "172.32.0.0", "192.167.1.1", "198.17.0.1", "198.20.0.1",
                        "223.255.255.255",
                "2606:4700::1111", "2a00:1450::1", "64:ff9b::808:808", "::ffff:8.8.8.8"
            })
    void addressIsPublic(String literal) {
        assertThat(PublicAddresses.contains(InetAddress.ofLiteral(literal))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "http://[::1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[::ffff:7f00:1]/",
                "http://169.254.169.254/latest/meta-data/",
                "http://[fd00:ec2::254]/",
                "http://10.0.0.1/",
                "http://0.0.0.0/",
                "http://[::]/",
                "http://192.168.0.1/",
                "http://[fe80::1]/",
                "http://127.0.0.1./"
            })
    void wildcardDoesNotOpenAnAddressThatIsNotPublic(String url) {
        assertThat(decide(side("*", ""), side("*", ""), "GET", url)).isEqualTo("address");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0x7f.1/",
                "http://127.1/",
                "http://0177.0.0.1/",
                "http://127.0.0.1.1/",
                "http://1.2.3.256/",
                "http://[::1%25eth0]/",
                "http://[fe80::1%eth0]/",
                "http://a_b.example/",
                "http://exa mple/",
                "http://①②⑦.0.0.1/",
                "http://good.example\\@evil.example/",
                "http://user@evil.example/",
                "http://user:pass@evil.example/",
                "http://good.example:80@evil.example/",
                "http:///path",
                "http://",
                "http:evil.example",
                "//evil.example/",
                "evil.example",
                "",
                "ftp://files.example/",
                "file:///etc/passwd",
                "gopher://x.example/",
                "javascript:alert(1)",
                "http://good.example:0/",
                "http://good.example:65536/",
                "http://good.example:99999999/",
                "http://good.example:8o/",
                "http://.example/",
                "http://-a.example/",
                "http://a..example/",
                "http://good.example\r\nHost: evil/"
            })
    void refusesAUrlThatReadersCouldReadInTwoWays(String url) {
        assertThatThrownBy(() -> FetchTarget.parse(url))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageStartingWith("http.fetch: ")
                .hasMessageContaining("field=url value=");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "HTTP://Example.ORG http://example.org/",
                "https://example.org:443/a https://example.org/a",
                "http://example.org:8080?q=1#frag http://example.org:8080/?q=1",
                "http://example.org./a/../b http://example.org/a/../b",
                "http://example.org/é|{} http://example.org/%C3%A9%7C%7B%7D",
                "http://example.org//evil.example/x http://example.org//evil.example/x",
                "http://example.org/a\\b http://example.org/a%5Cb",
                "http://[::FFFF:8.8.8.8]/ http://8.8.8.8/"
            })
    void readsAUrlOneWay(String url, String read) {
        assertThat(FetchTarget.parse(url).uri()).hasToString(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://other.example/z | https://other.example/z",
                "//other.example/z | http://other.example/z",
                "/z | http://example.org:81/z",
                "z | http://example.org:81/a/z",
                "../z | http://example.org:81/z",
                "?q=1 | http://example.org:81/a/b?q=1",
                "#f | http://example.org:81/a/b"
            })
    void resolvesWhereARedirectLeads(String location, String target) {
        assertThat(FetchTarget.parse("http://example.org:81/a/b")
                        .resolve(location)
                        .uri())
                .hasToString(target);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "api.example.org | http://api.example.org/ | true",
                "API.Example.org | https://api.example.org/ | true",
                "api.example.org | https://api.example.org:8443/ | false",
                "api.example.org:8443 | https://api.example.org:8443/ | true",
                "api.example.org:8443 | https://api.example.org/ | false",
                "api.example.org | http://xapi.example.org/ | false",
                "api.example.org | http://api.example.org.evil.example/ | false",
                "*.example.org | http://api.example.org/ | true",
                "*.example.org | http://a.b.example.org/ | true",
                "*.example.org | http://example.org/ | false",
                "*.example.org | http://evilexample.org/ | false",
                "*.example.org:81 | http://a.example.org:81/ | true",
                "* | http://anything.example/ | true",
                "* | http://anything.example:81/ | false",
                "*:81 | http://anything.example:81/ | true",
                "8.8.8.8 | http://8.8.8.8/ | true",
                "[2606:4700::1111] | http://[2606:4700:0::1111]/ | true",
                "2606:4700::1111 | http://[2606:4700::1111]/ | true",
                "[2606:4700::1111]:81 | http://[2606:4700::1111]:81/ | true"
            })
    void hostPatternMatches(String pattern, String url, boolean matches) {
        assertThat(HostPattern.parse(pattern).matches(FetchTarget.parse(url))).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "127.0.0.1:8080 | http://127.0.0.1:8080/ | NAMED",
                "127.0.0.1 | http://127.0.0.1/ | NAMED",
                "127.0.0.1 | http://127.0.0.1:8080/ | grant.parameters",
                "127.0.0.1:8080 | http://[::ffff:127.0.0.1]:8080/ | NAMED",
                "127.0.0.1:8080 | http://127.0.0.2:8080/ | grant.parameters",
                "[::1]:8080 | http://[0:0:0:0:0:0:0:1]:8080/ | NAMED",
                "localhost:8080 | http://localhost:8080/ | NAMED",
                "localhost | http://localhost/ | PUBLIC",
                "10.0.0.1:8080 | http://10.0.0.1:8080/ | NAMED",
                "*:8080 | http://10.0.0.1:8080/ | address"
            })
    void operatorOpensAPlaceByItsLiteralAddressOrLocalhostWithItsPort(String granted, String url, String verdict) {
        assertThat(decide(side("* *:8080", ""), side(granted, ""), "GET", url)).isEqualTo(verdict);
    }

    @Test
    void manifestAloneOpensNothingThatIsNotPublic() {
        assertThat(decide(side("127.0.0.1:8080", ""), side("", ""), "GET", "http://127.0.0.1:8080/"))
                .isEqualTo("address");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.example | '' | a.example | '' | GET | PUBLIC",
                "a.example | '' | a.example | '' | HEAD | PUBLIC",
                "a.example | '' | a.example | '' | POST | manifest.parameters",
                "a.example | '' | a.example | POST | POST | manifest.parameters",
                "a.example | POST | a.example | '' | POST | PUBLIC",
                "a.example | POST | a.example | GET | POST | grant.parameters",
                "a.example | POST | a.example | '' | GET | manifest.parameters",
                "b.example | '' | a.example | '' | GET | manifest.parameters",
                "a.example | '' | b.example | '' | GET | grant.parameters",
                "a.example | '' | '' | '' | GET | PUBLIC",
                "'' | '' | a.example | '' | GET | PUBLIC",
                "'' | '' | '' | '' | GET | grant.parameters"
            })
    void bothSidesMustMatch(
            String hosts, String methods, String grantHosts, String grantMethods, String method, String verdict) {
        assertThat(decide(side(hosts, methods), side(grantHosts, grantMethods), method, "http://a.example/"))
                .isEqualTo(verdict);
    }
}
