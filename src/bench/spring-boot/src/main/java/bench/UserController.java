package bench;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
class UserController {
  /**
   * @param next what {@code after} takes for the next page; null when this is the last
   */
  record OrderPage(List<Order> orders, String next) {}

  private final UserCache cache;
  private final UserRepository users;
  private final OrderRepository orders;
  private final SignupService signups;

  UserController(
      UserCache cache, UserRepository users, OrderRepository orders, SignupService signups) {
    this.cache = cache;
    this.users = users;
    this.orders = orders;
    this.signups = signups;
  }

  @GetMapping("/users/{id}")
  ResponseEntity<User> user(@PathVariable @Positive long id) {
    Optional<User> cached = cache.get(id);
    User user = cached.or(() -> load(id)).orElseThrow(() -> noUser(id));
    return ResponseEntity.ok()
        .eTag(Long.toString(user.version()))
        .header("Cache-Status", cached.isPresent() ? "ladder; hit" : "ladder; fwd=miss")
        .body(user);
  }

  @GetMapping("/users/{id}/orders")
  OrderPage orders(
      @PathVariable @Positive long id,
      @RequestParam(defaultValue = "20") @Min(1) @Max(100) int limit,
      @RequestParam(defaultValue = "" + Long.MAX_VALUE) @Positive long after) {
    // One more than asked for shows whether there is a next page.
    List<Order> found = orders.newest(id, after, limit + 1);
    if (found.isEmpty() && !users.exists(id)) {
      throw noUser(id);
    }
    if (found.size() <= limit) {
      return new OrderPage(found, null);
    }
    return new OrderPage(found.subList(0, limit), Long.toString(found.get(limit - 1).id()));
  }

  @PostMapping("/signup")
  ResponseEntity<User> signUp(@RequestBody @Valid NewUser newUser) {
    User user = signups.signUp(newUser);
    return ResponseEntity.created(URI.create("/users/" + user.id())).body(user);
  }

  private Optional<User> load(long id) {
    Optional<User> found = users.find(id);
    found.ifPresent(cache::put);
    return found;
  }

  private static ResponseStatusException noUser(long id) {
    return new ResponseStatusException(HttpStatus.NOT_FOUND, "there is no user " + id);
  }
}
