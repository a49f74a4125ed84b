package dev.cloche.host.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.GuestSide;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.hostcall.Outcome.Ok;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpServiceTest {
    private static final String ALL_METHODS = "GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS";

    private final Server server = new Server();
    private final Map<String, List<InetAddress>> names = new ConcurrentHashMap<>();
    private final List<String> lookups = Collections.synchronizedList(new ArrayList<>());
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> lastHeaders = new ConcurrentHashMap<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    private int port;
    private HttpService service;
    private OpHarness harness;

    @BeforeEach
    void start() throws Exception {
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                answer(request, response, callback);
                return true;
            }
        });
        server.start();
        port = connector.getLocalPort();
        service = new HttpService(this::lookup, System::nanoTime);
        harness = new OpHarness(new OpTable(service.ops()));
    }

    @AfterEach
    void stop() throws Exception {
        gate.countDown();
        harness.close();
        service.close();
        server.stop();
    }

    private List<InetAddress> lookup(String host) throws UnknownHostException {
        lookups.add(host);
        List<InetAddress> found = names.get(host);
        if (found == null) {
            throw new UnknownHostException(host);
        }
        return found;
    }

    private void answer(Request request, Response response, Callback callback) throws Exception {
        String path = request.getHttpURI().getPathQuery();
        requests.add(request.getMethod() + " " + path);
        lastHeaders.clear();
        for (HttpField field : request.getHeaders()) {
            lastHeaders.put(field.getLowerCaseName(), Objects.requireNonNullElse(field.getValue(), ""));
        }
        if (path.startsWith("/redirect/")) {
            response.setStatus(Integer.parseInt(path.substring("/redirect/".length(), path.indexOf('?'))));
            response.getHeaders()
                    .put("Location", URLDecoder.decode(path.substring(path.indexOf('=') + 1), StandardCharsets.UTF_8));
            callback.succeeded();
        } else if (path.startsWith("/loop/")) {
            response.setStatus(302);
            response.getHeaders().put("Location", "/loop/" + (Integer.parseInt(path.substring(6)) - 1));
            if (path.equals("/loop/0")) {
                response.setStatus(200);
            }
            callback.succeeded();
        } else if (path.startsWith("/bytes/")) {
            response.write(true, ByteBuffer.wrap(new byte[Integer.parseInt(path.substring(7))]), callback);
        } else if (path.startsWith("/chunked/")) {
            int left = Integer.parseInt(path.substring(9));
            while (left > 0) {
                int part = Math.min(left, 1 << 20);
                try (var blocker = org.eclipse.jetty.util.Blocker.callback()) {
                    response.write(false, ByteBuffer.wrap(new byte[part]), blocker);
                    blocker.block();
                }
                left -= part;
            }
            response.write(true, ByteBuffer.allocate(0), callback);
        } else if (path.equals("/slow")) {
            gate.await();
            callback.succeeded();
        } else if (path.equals("/cookie")) {
            response.getHeaders().put("Set-Cookie", "id=1");
            callback.succeeded();
        } else if (path.equals("/401")) {
            response.setStatus(401);
            response.getHeaders().put("WWW-Authenticate", "Basic realm=\"x\"");
            callback.succeeded();
        } else {
            byte[] body = Content.Source.asInputStream(request).readAllBytes();
            response.getHeaders().put("X-Answer", "yes");
            String text = request.getMethod() + " " + path + " " + body.length;
            response.write(true, StandardCharsets.UTF_8.encode(text), callback);
        }
    }

    private GuestSide port(String... grantedHosts) {
        List<String> methods = Arrays.asList(ALL_METHODS.split(","));
        Capability asked = new Capability(
                "http.fetch", Map.of("hosts", List.of("*", "*:" + port, "*:1", "*:9"), "methods", methods));
        Capability granted = new Capability("http.fetch", Map.of("hosts", Arrays.asList(grantedHosts)));
        return harness.port("notes", Map.of("notes", List.of(granted)), asked);
    }

    private GuestSide local() {
        return port("127.0.0.1:" + port);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    private String redirect(int status, String location) {
        return url("/redirect/" + status + "?to=" + URLEncoder.encode(location, StandardCharsets.UTF_8));
    }

    private static Payload frame(String header, byte[] body) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return Payload.wrap(ByteBuffer.allocate(4 + json.length + body.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(json.length)
                .put(json)
                .put(body)
                .array());
    }

    private static Outcome fetch(GuestSide port, String header) {
        return fetch(port, header, new byte[0]);
    }

    private static Outcome fetch(GuestSide port, String header, byte[] body) {
        return port.call(OpHarness.hostcall("http.fetch", frame(header, body)));
    }

    private Outcome get(GuestSide port, String url) {
        return fetch(port, "{\"url\":\"" + url + "\"}");
    }

    private static String header(Outcome outcome) {
        ByteBuffer bytes = answer(outcome);
        byte[] header = new byte[bytes.getInt()];
        bytes.get(header);
        return new String(header, StandardCharsets.UTF_8);
    }

    private static byte[] body(Outcome outcome) {
        ByteBuffer bytes = answer(outcome);
        bytes.position(Integer.BYTES + bytes.getInt());
        byte[] body = new byte[bytes.remaining()];
        bytes.get(body);
        return body;
    }

    private static ByteBuffer answer(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Ok.class);
        return ByteBuffer.wrap(((Ok) outcome).answer().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String text(Outcome outcome) {
        return new String(body(outcome), StandardCharsets.UTF_8);
    }

    private static String rule(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Denied.class);
        assertThat(((Denied) outcome).code()).isEqualTo(DeniedCode.POLICY);
        return ((Denied) outcome).details().getOrDefault("rule", "");
    }

    @Test
    void answersStatusHeadersUrlAndBody() {
        Outcome outcome = get(local(), url("/a?b=c#d"));
        assertThat(header(outcome))
                .startsWith("{\"status\":200,\"statusText\":\"OK\",\"url\":\"" + url("/a?b=c") + "\",\"headers\":[")
                .contains("[\"X-Answer\",\"yes\"]");
        assertThat(text(outcome)).isEqualTo("GET /a?b=c 0");
        assertThat(lastHeaders).containsEntry("host", "127.0.0.1:" + port).doesNotContainKey("accept-encoding");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void sendsMethodHeadersAndBody(String method) {
        Outcome outcome = fetch(
                local(),
                "{\"url\":\"" + url("/x") + "\",\"method\":\"" + method
                        + "\",\"headers\":[[\"X-Mine\",\"1\"],[\"Content-Type\",\"text/plain\"]]}",
                new byte[100_000]);
        assertThat(text(outcome)).isEqualTo(method + " /x 100000");
        assertThat(lastHeaders).containsEntry("x-mine", "1").containsEntry("content-type", "text/plain");
    }

    @Test
    void isDeniedWithoutRequestOrGrant() {
        Capability asked = new Capability("http.fetch", Map.of("hosts", List.of("*")));
        assertThat(rule(get(harness.port("notes"), url("/")))).isEqualTo("manifest.missing");
        assertThat(rule(get(harness.port("notes", Map.of(), asked), url("/")))).isEqualTo("grant.missing");
        assertThat(requests).isEmpty();
    }

    @Test
    void deniesAHostThatIsNotGrantedAndNamesIt() {
        assertThat(get(port("api.example"), "http://other.example/"))
                .isEqualTo(new Denied(
                        DeniedCode.POLICY,
                        "http.fetch: the operator's grant does not cover it, method=GET host=other.example:80",
                        Map.of("capability", "http.fetch", "rule", "grant.parameters", "host", "other.example:80")));
        assertThat(lookups).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.8.8",
                "10.1.2.3",
                "172.20.0.1",
                "192.168.7.7",
                "169.254.169.254",
                "0.0.0.0",
                "100.64.1.1",
                "224.0.0.251",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd00:ec2::254",
                "ff02::1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
                "::127.0.0.1"
            })
    void refusesANameThatLeadsToAnAddressThatIsNotPublic(String address) {
        names.put("innocent.example", List.of(InetAddress.ofLiteral(address)));
        assertThat(rule(get(port("*:" + port), "http://innocent.example:" + port + "/")))
                .isEqualTo("address");
        assertThat(requests).isEmpty();
    }

    @Test
    void checksTheVeryAddressThatIsDialled() {
        // A name server that answers a public address first and a private one ever after.
        List<List<InetAddress>> answers = new ArrayList<>(List.of(
                List.of(InetAddress.ofLiteral("203.0.113.1"), InetAddress.ofLiteral("127.0.0.1")),
                List.of(InetAddress.ofLiteral("127.0.0.1"))));
        HttpService rebinding = new HttpService(
                host -> {
                    lookups.add(host);
                    return answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
                },
                System::nanoTime);
        try (OpHarness own = new OpHarness(new OpTable(rebinding.ops()))) {
            Capability any = new Capability("http.fetch", Map.of("hosts", List.of("*:" + port)));
            GuestSide out = own.port("notes", Map.of("*", List.of(any)), any);
            assertThat(rule(get(out, "http://rebind.example:" + port + "/"))).isEqualTo("address");
            assertThat(lookups).as("one look-up, and that one decides").hasSize(1);
            assertThat(rule(get(out, "http://rebind.example:" + port + "/"))).isEqualTo("address");
            assertThat(requests).isEmpty();
        } finally {
            rebinding.close();
        }
    }

    @Test
    void aNameDoesNotRideOnTheConnectionOfANamedAddress() {
        assertThat(text(get(port("localhost:" + port), "http://localhost:" + port + "/")))
                .isEqualTo("GET / 0");
        names.put("localhost", List.of(InetAddress.ofLiteral("127.0.0.1")));
        assertThat(rule(get(port("*:" + port), "http://localhost:" + port + "/")))
                .isEqualTo("address");
    }

    @Test
    void asksNobodyWhereLocalhostIs() {
        assertThat(text(get(port("localhost:" + port), "http://localhost:" + port + "/")))
                .isEqualTo("GET / 0");
        assertThat(lookups).isEmpty();
    }

    @Test
    void followsRedirectsWithinPolicyAndTellsWhereItEnded() {
        Outcome outcome = get(local(), redirect(302, "/next?q=1"));
        assertThat(text(outcome)).isEqualTo("GET /next?q=1 0");
        assertThat(header(outcome)).contains("\"url\":\"" + url("/next?q=1") + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "301,POST,GET,0",
        "302,POST,GET,0",
        "303,POST,GET,0",
        "303,PUT,GET,0",
        "301,PUT,PUT,3",
        "302,DELETE,DELETE,3",
        "307,POST,POST,3",
        "308,POST,POST,3",
        "308,PATCH,PATCH,3"
    })
    void keepsOrChangesTheMethodAsTheStatusSays(int status, String method, String next, int bytes) {
        Outcome outcome = fetch(
                local(),
                "{\"url\":\"" + redirect(status, "/end") + "\",\"method\":\"" + method
                        + "\",\"headers\":[[\"Content-Language\",\"en\"],[\"Authorization\",\"secret\"]]}",
                new byte[] {1, 2, 3});
        assertThat(text(outcome)).isEqualTo(next + " /end " + bytes);
        assertThat(header(outcome)).contains("\"url\":\"" + url("/end") + "\"");
        assertThat(lastHeaders).containsEntry("authorization", "secret");
        assertThat(lastHeaders.containsKey("content-language")).isEqualTo(bytes > 0);
    }

    @Test
    void dropsCredentialsWhereTheOriginChanges() {
        GuestSide both = port("127.0.0.1:" + port, "localhost:" + port);
        Outcome outcome = fetch(
                both,
                "{\"url\":\"" + redirect(302, "http://localhost:" + port + "/end")
                        + "\",\"headers\":[[\"Authorization\",\"secret\"],[\"Cookie\",\"a=b\"],[\"X-Mine\",\"1\"]]}");
        assertThat(text(outcome)).isEqualTo("GET /end 0");
        assertThat(lastHeaders)
                .containsEntry("x-mine", "1")
                .doesNotContainKey("authorization")
                .doesNotContainKey("cookie");
    }

    @ParameterizedTest
    @CsvSource({
        "http://10.0.0.1/, grant.parameters",
        "http://169.254.169.254/latest/meta-data/, grant.parameters",
        "http://localhost:9/, grant.parameters",
        "http://[::1]:9/, grant.parameters",
        "//10.0.0.1/x, grant.parameters"
    })
    void redirectIntoAPlaceThatIsNotGrantedIsRefused(String location, String rule) {
        assertThat(rule(get(local(), redirect(302, location)))).isEqualTo(rule);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://inside.example/"})
    void redirectIntoAPrivateAddressIsRefusedEvenWhereEveryHostIsGranted(String location) {
        names.put("inside.example", List.of(InetAddress.ofLiteral("192.168.0.1")));
        GuestSide any = port("127.0.0.1:" + port, "*");
        assertThat(rule(get(any, redirect(302, location)))).isEqualTo("address");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://files.example/", "file:///etc/passwd", "http://user:secret@api.example/", "http://127.1/"
            })
    void redirectToWhatIsNoUrlOfOursFails(String location) {
        assertThat(get(local(), redirect(302, location))).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.code()).isEqualTo(FailedCode.IO);
            assertThat(failed.message()).startsWith("http.fetch: the server redirects to what is no URL: ");
        });
    }

    @Test
    void followsFiveRedirectsAndNoMore() {
        assertThat(header(get(local(), url("/loop/5")))).contains("\"status\":200");
        assertThat(get(local(), url("/loop/6")))
                .isEqualTo(new Failed(
                        FailedCode.IO, "http.fetch: the server redirects too often, max=5 host=127.0.0.1", false));
    }

    @Test
    void takesABodyUpToTheCapAndDeniesALargerOne() {
        int max = 8 * 1024 * 1024;
        assertThat(body(get(local(), url("/bytes/" + max)))).hasSize(max);
        Denied denied = new Denied(
                DeniedCode.QUOTA,
                "http.fetch: the response's body is too large, max=8388608 host=127.0.0.1",
                Map.of("limit", "response_bytes", "max", "8388608"));
        assertThat(get(local(), url("/bytes/" + (max + 1)))).isEqualTo(denied);
        assertThat(get(local(), url("/chunked/" + (max + 1)))).isEqualTo(denied);
        assertThat(text(get(local(), url("/after")))).isEqualTo("GET /after 0");
    }

    @Test
    void endsWithTheCallsDeadline() {
        Payload request = frame("{\"url\":\"" + url("/slow") + "\"}", new byte[0]);
        Failed timedOut = new Failed(
                FailedCode.TIMEOUT, "http.fetch: the call's time was up before the response, host=127.0.0.1", true);
        assertThat(local().call(OpHarness.hostcall("http.fetch", request, System.nanoTime() + 200_000_000)))
                .isEqualTo(timedOut);
        assertThat(local().call(OpHarness.hostcall("http.fetch", request, System.nanoTime() - 1)))
                .isEqualTo(timedOut);
    }

    @Test
    void closingEndsARequestThatWaits() throws Exception {
        List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
        GuestSide local = local();
        Payload request = frame("{\"url\":\"" + url("/slow") + "\"}", new byte[0]);
        local.submit(OpHarness.hostcall("http.fetch", request), outcomes::add);
        harness.close();
        assertThat(outcomes)
                .hasSize(1)
                .allSatisfy(outcome -> assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Failed.class,
                                failed -> assertThat(failed.code()).isEqualTo(FailedCode.CANCELLED)));
    }

    @Test
    void boundsRequestsOfOneExtension() {
        List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(20);
        GuestSide local = local();
        Payload request = frame("{\"url\":\"" + url("/slow") + "\"}", new byte[0]);
        CountDownLatch refused = new CountDownLatch(4);
        for (int i = 0; i < 20; i++) {
            local.submit(OpHarness.hostcall("http.fetch", request), outcome -> {
                outcomes.add(outcome);
                done.countDown();
                refused.countDown();
            });
        }
        awaitUnchecked(refused);
        assertThat(outcomes)
                .hasSize(4)
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOfSatisfying(Denied.class, denied -> {
                    assertThat(denied.code()).isEqualTo(DeniedCode.BACKPRESSURE);
                    assertThat(denied.details()).containsEntry("capacity", "16").containsEntry("depth", "16");
                }));
        gate.countDown();
        awaitUnchecked(done);
        assertThat(text(get(local, url("/after")))).isEqualTo("GET /after 0");
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void keepsNoCookiesAndAnswersNoChallenge() {
        get(local(), url("/cookie"));
        get(local(), url("/a"));
        assertThat(lastHeaders).doesNotContainKey("cookie");
        assertThat(header(get(local(), url("/401")))).contains("\"status\":401");
    }

    @Test
    void saysThatAHostDoesNotExistOrDoesNotAnswer() {
        assertThat(get(port("*"), "http://nowhere.example/"))
                .isEqualTo(new Failed(
                        FailedCode.NOT_FOUND, "http.fetch: there is no host of this name, host=nowhere.example", true));
        assertThat(get(port("127.0.0.1:1"), "http://127.0.0.1:1/")).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.code()).isEqualTo(FailedCode.IO);
            assertThat(failed.retryable()).isTrue();
        });
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{} | http.fetch: the field must be a string, field=url found=nothing",
                "{\"url\":1} | http.fetch: the field must be a string, field=url found=number",
                "{\"url\":\"x\"} | http.fetch: the field must be an absolute URL, field=url value=x",
                "{\"url\":\"ftp://a/\"} | http.fetch: the URL must begin with http:// or https://, field=url "
                        + "value=ftp://a/",
                "{\"url\":\"U\",\"method\":\"get\"} | http.fetch: the field must be one of M, field=method value=get",
                "{\"url\":\"U\",\"method\":\"CONNECT\"} | http.fetch: the field must be one of M, field=method "
                        + "value=CONNECT",
                "{\"url\":\"U\",\"method\":\"TRACE\"} | http.fetch: the field must be one of M, field=method "
                        + "value=TRACE",
                "{\"url\":\"U\",\"headers\":{}} | http.fetch: the field must be a list of pairs of strings, "
                        + "field=headers found=object",
                "{\"url\":\"U\",\"headers\":[[\"a b\",\"1\"]]} | http.fetch: a header's name must be an HTTP "
                        + "token, field=headers name=a b",
                "{\"url\":\"U\",\"headers\":[[\"\",\"1\"]]} | http.fetch: a header's name must be an HTTP token, "
                        + "field=headers name=",
                "{\"url\":\"U\",\"headers\":[[\"A\\r\\nB\",\"1\"]]} | http.fetch: a header's name must be an HTTP "
                        + "token, field=headers name=A??B",
                "{\"url\":\"U\",\"headers\":[[\"X\",\"1\\r\\nHost: evil\"]]} | http.fetch: a header's value must "
                        + "be Latin-1 without line breaks, at most 8192 characters, field=headers name=X",
                "{\"url\":\"U\",\"headers\":[[\"X\",\"\\u0000\"]]} | http.fetch: a header's value must be Latin-1 "
                        + "without line breaks, at most 8192 characters, field=headers name=X",
                "{\"url\":\"U\",\"headers\":[[\"X\",\"\\u010a\"]]} | http.fetch: a header's value must be Latin-1 "
                        + "without line breaks, at most 8192 characters, field=headers name=X",
                "{\"url\":\"U\",\"headers\":[[\"Host\",\"evil\"]]} | http.fetch: this header is the host's to "
                        + "write; leave it out, field=headers name=Host",
                "{\"url\":\"U\",\"headers\":[[\"Content-Length\",\"5\"]]} | http.fetch: this header is the host's "
                        + "to write; leave it out, field=headers name=Content-Length",
                "{\"url\":\"U\",\"headers\":[[\"transfer-encoding\",\"chunked\"]]} | http.fetch: this header is "
                        + "the host's to write; leave it out, field=headers name=transfer-encoding",
                "{\"url\":\"U\",\"headers\":[[\"Connection\",\"x\"]]} | http.fetch: this header is the host's to "
                        + "write; leave it out, field=headers name=Connection",
                "{\"url\":\"U\",\"headers\":[[\"Upgrade\",\"x\"]]} | http.fetch: this header is the host's to "
                        + "write; leave it out, field=headers name=Upgrade",
                "{\"url\":\"U\",\"headers\":[[\"Proxy-Authorization\",\"x\"]]} | http.fetch: this header is the "
                        + "host's to write; leave it out, field=headers name=Proxy-Authorization",
                "{\"url\":\"U\",\"redirect\":\"manual\"} | http.fetch: there is no such field; there are url, "
                        + "method, headers, field=redirect",
                "[] | http.fetch: the request must be a JSON object, found=array"
            })
    void saysWhatIsWrongWithARequest(String header, String message) {
        Outcome outcome = fetch(local(), header.replace("\"U\"", "\"" + url("/") + "\""));
        String methods = String.join(", ", ALL_METHODS.split(","));
        assertThat(outcome)
                .isEqualTo(new Failed(
                        FailedCode.INVALID_REQUEST, message.replace("one of M", "one of " + methods), false));
        assertThat(requests).isEmpty();
    }

    @Test
    void refusesAFrameThatIsNone() {
        Map<Payload, String> frames = new HashMap<>();
        frames.put(
                Payload.wrap(new byte[] {1, 2}),
                "http.fetch: the request must begin with the length of its header in 4 bytes, bytes=2");
        frames.put(
                Payload.wrap(new byte[] {-1, -1, -1, -1, 0}),
                "http.fetch: the header must lie within the request and have at most 65536 bytes, "
                        + "header=4294967295 request=5");
        frames.put(
                Payload.wrap(new byte[] {9, 0, 0, 0, '{', '}'}),
                "http.fetch: the header must lie within the request and have at most 65536 bytes, header=9 request=6");
        frames.put(
                frame("{\"url\":\"" + url("/") + "\"}", new byte[1]),
                "http.fetch: a request of this method has no body, method=GET bytes=1");
        frames.put(
                frame("{\"url\":\"" + url("/") + "\",\"method\":\"PUT\"}", new byte[8 * 1024 * 1024 + 1]),
                "http.fetch: the body must have at most 8388608 bytes, bytes=8388609");
        GuestSide local = local();
        frames.forEach((frame, message) -> assertThat(local.call(OpHarness.hostcall("http.fetch", frame)))
                .isEqualTo(new Failed(FailedCode.INVALID_REQUEST, message, false)));
        assertThat(requests).isEmpty();
    }
}
