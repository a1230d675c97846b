package io.tritter.monitor;

import java.util.Arrays;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/**
 * Dots and lines as characters: 2 by 4 dots of Braille in each, or one mark where only ASCII is
 * shown. The dot 0, 0 is at the lower left; of two colours in a character the later one stays.
 */
final class Canvas {
  private static final char BRAILLE = '\u2800';

  /** Bits of the dots of a Braille character, by row from above and column. */
  private static final int[][] BITS = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

  private final boolean unicode;
  private final int dotsAcross;
  private final int dotsUp;
  private final char[][] characters;
  private final AttributedStyle[][] styles;

  Canvas(int columns, int rows, boolean unicode) {
    this.unicode = unicode;
    this.dotsAcross = unicode ? 2 : 1;
    this.dotsUp = unicode ? 4 : 1;
    this.characters = new char[rows][columns];
    this.styles = new AttributedStyle[rows][columns];
    for (int row = 0; row < rows; row++) {
      Arrays.fill(characters[row], ' ');
      Arrays.fill(styles[row], AttributedStyle.DEFAULT);
    }
  }

  /** Dots from left to right. */
  int width() {
    return characters.length == 0 ? 0 : characters[0].length * dotsAcross;
  }

  /** Dots from below to above. */
  int height() {
    return characters.length * dotsUp;
  }

  /** Sets a dot, if it is on the canvas. */
  void dot(int x, int y, char mark, AttributedStyle style) {
    if (x < 0 || y < 0 || x >= width() || y >= height()) {
      return;
    }
    int fromAbove = height() - 1 - y;
    int row = fromAbove / dotsUp;
    int column = x / dotsAcross;
    if (unicode) {
      char before = characters[row][column];
      int bits = before == ' ' ? BRAILLE : before;
      characters[row][column] = (char) (bits | BITS[fromAbove % dotsUp][x % dotsAcross]);
    } else {
      characters[row][column] = mark;
    }
    styles[row][column] = style;
  }

  /** Sets the dots between two, both included. */
  void line(int fromX, int fromY, int toX, int toY, char mark, AttributedStyle style) {
    int count = Math.max(1, Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY)));
    for (int i = 0; i <= count; i++) {
      int x = Math.round(fromX + (toX - fromX) * (float) i / count);
      int y = Math.round(fromY + (toY - fromY) * (float) i / count);
      dot(x, y, mark, style);
    }
  }

  /** A row, the first is above. */
  AttributedString row(int row) {
    AttributedStringBuilder text = new AttributedStringBuilder();
    for (int i = 0; i < characters[row].length; i++) {
      text.style(styles[row][i]).append(characters[row][i]);
    }
    return text.toAttributedString();
  }
}
