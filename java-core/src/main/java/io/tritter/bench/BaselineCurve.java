package io.tritter.bench;

import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How long plain training takes to a held-out loss: a straight line in the logarithm of the time
 * between trainings of different lengths, each with its own schedule to the end. A look into the
 * middle of a long training would not do, as its learning rate is still high there.
 */
final class BaselineCurve {
  private final List<TrialResult> points;

  /** Of trials with different budgets, at least two. */
  BaselineCurve(List<TrialResult> trials) {
    Check.atLeast("budgets", trials.size(), 2);
    points = new ArrayList<>(trials);
    points.sort(Comparator.comparingDouble(TrialResult::seconds));
  }

  /**
   * Seconds to a loss. Beyond the ends the lines there go on, which is a guess; a loss that more
   * time does not lower gives infinity.
   */
  double seconds(double loss) {
    int i = 1;
    while (i < points.size() - 1 && points.get(i).loss() > loss) {
      i++;
    }
    TrialResult a = points.get(i - 1);
    TrialResult b = points.get(i);
    double fall = a.loss() - b.loss();
    if (fall <= 0) {
      return loss >= a.loss() ? a.seconds() : Double.POSITIVE_INFINITY;
    }
    double part = (a.loss() - loss) / fall;
    return a.seconds() * Math.pow(b.seconds() / a.seconds(), part);
  }

  /** Whether a loss lies between those of the shortest and the longest training. */
  boolean covers(double loss) {
    return loss <= points.getFirst().loss() && loss >= points.getLast().loss();
  }
}
