package io.tritter.train;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.FinishableOutputStream;
import org.tukaani.xz.FinishableWrapperOutputStream;
import org.tukaani.xz.LZMA2Options;

/** Sizes of a text after compression, alone or after a text that the decompressor also has. */
final class Compressors {
  /** How far DEFLATE looks back. */
  private static final int GZIP_WINDOW = 1 << 15;

  /** LZMA2 looks back 64 MiB at preset 9; this much of it costs a second or two and 60 MB. */
  private static final int XZ_PRIMING = 1 << 22;

  private Compressors() {}

  static long gzipBytes(byte[] before, byte[] text) {
    try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true)) {
      byte[] known = last(before, GZIP_WINDOW);
      if (known.length > 0) {
        deflater.setDictionary(known);
      }
      deflater.setInput(text);
      deflater.finish();
      byte[] buffer = new byte[1 << 16];
      while (!deflater.finished()) {
        deflater.deflate(buffer);
      }
      return deflater.getBytesWritten();
    }
  }

  static long xzBytes(byte[] before, byte[] text) {
    byte[] known = last(before, XZ_PRIMING);
    CountingStream count = new CountingStream();
    try {
      LZMA2Options options = new LZMA2Options(LZMA2Options.PRESET_MAX);
      long reach = Math.max(LZMA2Options.DICT_SIZE_MIN, (long) known.length + text.length);
      // A dictionary beyond the text changes no byte and costs ten times its size in memory.
      options.setDictSize((int) Math.min(options.getDictSize(), reach));
      if (known.length > 0) {
        options.setPresetDict(known);
      }
      try (FinishableOutputStream out =
          options.getOutputStream(
              new FinishableWrapperOutputStream(count), ArrayCache.getDummyCache())) {
        out.write(text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the stream only counts
    }
    return count.bytes;
  }

  private static byte[] last(byte[] text, int most) {
    return Arrays.copyOfRange(text, Math.max(0, text.length - most), text.length);
  }

  private static final class CountingStream extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] b, int off, int len) {
      bytes += len;
    }
  }
}
