package ladder.http;

/**
 * A method and a path template such as {@code /users/{id}/orders}, with what answers them.
 *
 * @param template literal segments are compared with the raw path; {@code {name}} takes any one
 *     segment that is not empty
 */
public record Route(String method, String template, Handler handler) {}
