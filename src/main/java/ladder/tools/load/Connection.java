package ladder.tools.load;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;

/** One connection, with one request under way at most. Used by the event loop's thread. */
final class Connection extends SimpleChannelInboundHandler<HttpObject> {
  /** What it tells of. */
  interface Events {
    /** It may send its next request. */
    void idle(Connection connection);

    void answered(long intended, int status);

    /** It is gone, and with it the request under way, if there was one. */
    void closed(Connection connection);
  }

  private final int target;
  private final Events events;
  private final Channel channel;
  private boolean busy;
  private long intended;
  private long sent;
  private int status;
  private boolean last;

  Connection(int target, Channel channel, Events events) {
    this.target = target;
    this.channel = channel;
    this.events = events;
  }

  /**
   * Reads the answers on its channel.
   *
   * @param headersOnly whether the method is one whose answers have no content, whatever they say
   */
  void attach(boolean headersOnly) {
    channel
        .pipeline()
        .addLast(
            new HttpResponseDecoder() {
              @Override
              protected boolean isContentAlwaysEmpty(HttpMessage message) {
                return headersOnly || super.isContentAlwaysEmpty(message);
              }
            },
            this);
  }

  int target() {
    return target;
  }

  boolean busy() {
    return busy;
  }

  /** When the request under way was to start. */
  long intended() {
    return intended;
  }

  /** When the request under way was sent. */
  long sent() {
    return sent;
  }

  void send(byte[] request, long intendedStart, long now) {
    busy = true;
    intended = intendedStart;
    sent = now;
    var _ = channel.writeAndFlush(Unpooled.wrappedBuffer(request), channel.voidPromise());
  }

  void close() {
    var _ = channel.close();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (part.decoderResult().isFailure()) {
      var _ = channel.close();
      return;
    }
    if (part instanceof HttpResponse head) {
      status = head.status().code();
      last = !HttpUtil.isKeepAlive(head);
    }
    // An interim answer (1xx) is not the answer.
    if (part instanceof LastHttpContent && busy && status >= 200) {
      busy = false;
      events.answered(intended, status);
      if (last) {
        var _ = channel.close();
      } else {
        events.idle(this);
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    events.closed(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = channel.close();
  }
}
