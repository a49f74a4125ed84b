package dev.cloche.host.hostcall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutcomeJsonTest {
    @Test
    void detailsComeInOrderOfTheirNames() {
        List<String> names = Arrays.asList("rule", "capability", "level", "part", "a");
        for (int i = 0; i < names.size(); i++) {
            Collections.rotate(names, 1);
            Map<String, String> details = new LinkedHashMap<>();
            names.forEach(name -> details.put(name, "x"));
            assertThat(OutcomeJson.of(new Denied(DeniedCode.POLICY, "no", details))
                            .text())
                    .isEqualTo("{\"code\":\"policy\",\"message\":\"no\",\"details\":{\"a\":\"x\",\"capability\":\"x\","
                            + "\"level\":\"x\",\"part\":\"x\",\"rule\":\"x\"}}");
        }
    }
}
