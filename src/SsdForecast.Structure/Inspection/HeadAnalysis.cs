namespace SsdForecast.Structure;

/// <summary>Measures the recurrence of one head.</summary>
internal static class HeadAnalysis
{
    /// <summary>Tolerances of the orders used.</summary>
    public static IReadOnlyList<double> Tolerances { get; } = [1e-2, 1e-3, 1e-6];

    private const double KeptShare = 0.99;

    // A larger state is measured at this many moments of the window: its singular values take N³ work each.
    private const int LargeState = 32;
    private const int Moments = 64;

    private static readonly double[] Levels = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];

    public static HeadReport Analyse(HeadRecurrence head, int displaySize)
    {
        var hankel = HankelProfile.Of(head.Ssm, head.Ssm.StateSize <= LargeState ? 1 : Math.Max(1, head.Ssm.Length / Moments));
        var structure = RecurrenceStructure.Analyse(head.Ssm);
        var matrix = head.Ssm.ToMatrix();
        var decay = head.Decay;
        // dt A itself and not the logarithm of the decay: that underflows first. The first step has nothing to act on.
        double[] rates = [.. head.TimeStep.Skip(1).Select(dt => -dt * head.A)];
        var (memory, extrapolated) = Memory(rates);
        var (gain, lag) = MixingMatrix.GainAndLag(matrix);
        var envelope = hankel.Envelope;
        return new HeadReport
        {
            Layer = head.Layer,
            Head = head.Head,
            A = head.A,
            Skip = head.Skip,
            Gain = gain,
            Decay = Quantiles(decay),
            MemorySteps = memory,
            MemoryExtrapolated = extrapolated,
            MeanLag = lag,
            OrdersUsed = [.. Tolerances.Select(t => new OrderUsed(t, hankel.Order(t)))],
            ReducedOrder = hankel.ReducedOrder(KeptShare),
            HankelValues = [.. envelope.Select(v => hankel.Largest == 0 ? 0 : v / hankel.Largest)],
            DualWidth = structure.WidestBlock,
            Cuts = structure.Cuts.Count,
            LogRange = rates.Sum(),
            Mixing = MixingMatrix.Reduced(matrix, displaySize),
        };
    }

    /// <summary>Median over rows of the steps back until the sum of rates exceeds 1, which is where the product of decays is below 1/e.</summary>
    /// <param name="rates"><c>−ln a_t</c> of consecutive steps.</param>
    internal static (double? Steps, bool Extrapolated) Memory(ReadOnlySpan<double> rates)
    {
        var reached = new List<double>();
        for (var i = 0; i < rates.Length; i++)
        {
            var sum = 0.0;
            for (var back = 0; back <= i; back++)
            {
                sum += rates[i - back];
                if (sum <= 1) continue;
                reached.Add(back + 1);
                break;
            }
        }

        var total = 0.0;
        foreach (var r in rates) total += r;
        // Rows that do not reach back far enough count as longer than all that do.
        if (2 * reached.Count > rates.Length)
        {
            reached.Sort();
            return (reached[rates.Length / 2], false);
        }

        return total > 0 ? (rates.Length / total, true) : (null, true);
    }

    private static DecayQuantile[] Quantiles(double[] values)
    {
        double[] sorted = [.. values.Order()];
        double At(double level)
        {
            var position = level * (sorted.Length - 1);
            var below = (int)position;
            var above = Math.Min(below + 1, sorted.Length - 1);
            return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
        }

        return [.. Levels.Select(level => new DecayQuantile(level, At(level)))];
    }
}
