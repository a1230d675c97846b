package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

@Timeout(60)
@Isolated("looks for the threads that read ahead")
class PrefetchTest {
  @Test
  void whatGoesWrongComesBehindWhatWasRead() throws IOException {
    try (Prefetch<Example> ahead = new Prefetch<>(new Counting(9, 3), 8)) {
      for (int i = 0; i < 3; i++) {
        assertEquals(100 * i, required(ahead.next()).ids[0]);
      }
      assertEquals("example 3", assertThrows(IOException.class, ahead::next).getMessage());
      assertEquals("example 3", assertThrows(IOException.class, ahead::next).getMessage());
      assertEquals(3, StreamState.number(ahead.state(), "next"));
    }
  }

  @Test
  void noMoreIsReadThanWasAllowed() throws IOException, InterruptedException {
    AtomicInteger read = new AtomicInteger();
    try (Prefetch<Example> ahead = new Prefetch<>(observed(read), 4)) {
      assertEquals(0, read.get());
      ahead.next();
      // Four wait, and the thread holds one more.
      while (read.get() < 6) {
        Thread.onSpinWait();
      }
      Thread.sleep(50); // time in which it would read on if it did
      assertEquals(6, read.get());
    }
  }

  @Test
  void closingEndsTheThreadAndTheSource() throws IOException {
    Counting source = new Counting(1000);
    Prefetch<Example> ahead = new Prefetch<>(source, 2);
    ahead.next();
    Thread thread = readers()[0];
    ahead.close();
    assertFalse(thread.isAlive());
    assertTrue(source.closed);
    new Prefetch<>(new Counting(1), 1).close(); // one that never began
  }

  @Test
  void anInterruptedConsumerIsNotStuck() throws IOException {
    DataStream<Example> slow =
        new Limited<>(new Counting(9), 9) {
          @Override
          public @Nullable Example next() throws IOException {
            try {
              Thread.sleep(200);
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return super.next();
          }
        };
    try (Prefetch<Example> ahead = new Prefetch<>(slow, 2)) {
      Thread.currentThread().interrupt();
      assertThrows(InterruptedIOException.class, ahead::next);
      assertTrue(Thread.interrupted());
      assertEquals(0, required(ahead.next()).ids[0]);
    }
  }

  private static DataStream<Example> observed(AtomicInteger read) {
    return new Limited<>(new Counting(100), 100) {
      @Override
      public @Nullable Example next() throws IOException {
        read.incrementAndGet();
        return super.next();
      }
    };
  }

  private static Thread[] readers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("tritter-data"))
        .toArray(Thread[]::new);
  }

  private static Example required(@Nullable Example example) {
    assertNotNull(example);
    return example;
  }
}
