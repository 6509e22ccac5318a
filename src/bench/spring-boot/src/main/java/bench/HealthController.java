package bench;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class HealthController {
  record Health(String status) {}

  @GetMapping("/health/live")
  Health live() {
    return new Health("live");
  }
}
