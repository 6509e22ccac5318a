package ladder.tools.climb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ladder.tools.climb.Comparison.Run;
import ladder.tools.climb.Comparison.Side;
import ladder.tools.climb.LoadProcess.Ask;
import ladder.tools.load.LoadResult;

/** What all measurements are made of: nodes, what they are asked, and runs. One thread. */
final class Trials {
  /** Users that are read again and again: all of them are cached after the first run. */
  static final int HOT_USERS = 2_000;

  private final Scratch scratch;
  private final Scale scale;
  private final Progress progress;
  private final String key;
  private final String range;

  Trials(Scratch scratch, Scale scale, Progress progress) {
    this.scratch = scratch;
    this.scale = scale;
    this.progress = progress;
    this.key = scratch.key(null);
    this.range = "1.." + scale.users();
  }

  /** A key whose limit is the node's. */
  String key() {
    return key;
  }

  /** All users. */
  String range() {
    return range;
  }

  /** Measures one side once. */
  interface Measured {
    Run run() throws IOException, InterruptedException;
  }

  Node node(String rungs) throws IOException, InterruptedException {
    return node(rungs, Map.of());
  }

  Node node(String rungs, Map<String, String> more) throws IOException, InterruptedException {
    return Node.start(scratch, rungs, more);
  }

  /** Reads of users who are read again and again. */
  Ask users(int clients, Node... nodes) {
    String[] urls = new String[nodes.length];
    for (int i = 0; i < nodes.length; i++) {
      urls[i] = nodes[i].url("/users/{n}");
    }
    return Ask.clients(clients, key, urls)
        .with("--range", "1.." + Math.min(HOT_USERS, scale.users()));
  }

  /** New orders for users of whom each is as likely. */
  Ask orders(int clients, Node node) {
    return Ask.clients(clients, key, node.url("/users/{n}/orders"))
        .posting("{\"item\":\"book\",\"quantity\":1,\"unitPriceCents\":1000}")
        .with("--range", range);
  }

  LoadResult measure(Ask ask) throws IOException, InterruptedException {
    return LoadProcess.run(ask, scale.warmup(), scale.measured());
  }

  /** A run that is not counted: a new node's code is not compiled yet, its cache empty. */
  LoadResult first(Ask ask) throws IOException, InterruptedException {
    return LoadProcess.run(ask, scale.first().dividedBy(4), scale.first());
  }

  /** Both sides in turn, off first; the same load for both is the caller's to see to. */
  List<Side> alternate(String name, String offLabel, Measured off, String onLabel, Measured on)
      throws IOException, InterruptedException {
    List<Run> without = new ArrayList<>();
    List<Run> with = new ArrayList<>();
    for (int pair = 1; pair <= scale.pairs(); pair++) {
      progress.step("%s: %s, %d of %d".formatted(name, offLabel, pair, scale.pairs()));
      without.add(off.run());
      progress.step("%s: %s, %d of %d".formatted(name, onLabel, pair, scale.pairs()));
      with.add(on.run());
    }
    return List.of(new Side(offLabel, without), new Side(onLabel, with));
  }
}
