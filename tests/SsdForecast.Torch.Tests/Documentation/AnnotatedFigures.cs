using SsdForecast.Reports;
using SsdForecast.Structure;

namespace SsdForecast.Torch.Tests.Documentation;

/// <summary>The pictures of <c>docs/annotated-ssd.md</c>, for a column as narrow as a phone.</summary>
internal static class AnnotatedFigures
{
    private const int Size = 24;
    private const int Chunk = 6;

    /// <summary>Charts by file name.</summary>
    public static IReadOnlyDictionary<string, Func<Chart>> All { get; } = new Dictionary<string, Func<Chart>>
    {
        ["annotated-memory"] = Memory,
        ["annotated-matrix"] = Matrix,
        ["annotated-mask"] = Mask,
        ["annotated-chunks"] = Chunks,
        ["annotated-ranks"] = Ranks,
        ["annotated-directions"] = Directions,
        ["annotated-stream"] = Stream,
    };

    /// <summary>How all of them are drawn.</summary>
    public static SvgOptions Options(string name) => new()
    {
        Width = 440,
        FontSize = 13,
        Tooltips = false,
        IdPrefix = name,
        PlotHeight = name is "annotated-memory" or "annotated-ranks" or "annotated-stream" ? 230 : 380,
    };

    private static Chart Memory()
    {
        double[] dt = [.. Enumerable.Range(0, 41).Select(i => Math.Pow(10, -4 + (0.1 * i)))];
        LineLayer Line(double rate, Tone tone) => new($"A = −{rate}", dt, [.. dt.Select(d => 1 / (d * rate))], tone);
        return new Chart
        {
            Title = "Memory is 1 / (dt·|A|) steps",
            Subtitle = "Steps until a state has fallen to 1/e",
            Description = "Three falling lines on logarithmic axes: the memory in steps against dt for A of −1, −4 and −16",
            X = Axis.Number("dt") with { Log = true },
            Y = Axis.Number("memory", "steps") with { Log = true },
            Layers =
            [
                RuleLayer.Vertical(0.001, "least dt at first"),
                RuleLayer.Vertical(0.1, "largest"),
                Line(1, Tone.Blue), Line(4, Tone.Vermilion), Line(16, Tone.Green),
            ],
        };
    }

    private static Chart Matrix()
    {
        var m = Model().ToMatrix();
        const int t = 12;
        var (order, rank) = (DenseStructure.Analyse(m).Order, MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfArray(m).Rank());
        return new Chart
        {
            Title = "The matrix of a recurrence",
            Subtitle = $"{Size} steps, 3 state numbers. No block like the framed M[{t}:, :{t + 1}] has a rank above {order}; the whole has rank {rank}",
            Description = "A lower triangular matrix as coloured cells, strong near the diagonal and fading to the left, with one block framed",
            X = Axis.Number("input step"),
            Y = Axis.Number("output step"),
            Layers =
            [
                new HeatmapLayer(null, Cells((i, j) => j <= i ? Root(m[i, j]) : double.NaN)),
                new LineLayer(null, [-0.5, t + 0.5], [t - 0.5, t - 0.5], Tone.Ink),
                new LineLayer(null, [t + 0.5, t + 0.5], [t - 0.5, Size - 0.5], Tone.Ink),
                new LineLayer(null, [-0.5, -0.5], [t - 0.5, Size - 0.5], Tone.Ink),
                new LineLayer(null, [-0.5, t + 0.5], [Size - 0.5, Size - 0.5], Tone.Ink),
            ],
        };
    }

    private static Chart Mask()
    {
        var log = LogDecay();
        return new Chart
        {
            Title = "The mask L: how much of step j is left at step i",
            Subtitle = "Between softly fading steps, two that forget: at 9 and at 18",
            Description = "A lower triangular matrix with ones on the diagonal that fades to the left, and fades sharply to the left of columns 9 and 18 for the rows from there on",
            X = Axis.Number("step j"),
            Y = Axis.Number("step i"),
            Layers = [new HeatmapLayer(null, Cells((i, j) => j <= i ? Math.Exp(log[(j + 1)..(i + 1)].Sum()) : double.NaN))],
        };
    }

    private static Chart Chunks()
    {
        var m = Model().ToMatrix();
        Layer Part(Tone tone, bool inside)
            => new HeatmapLayer(null, Cells((i, j) => j <= i && i / Chunk == j / Chunk == inside ? Math.Abs(Root(m[i, j])) : double.NaN), tone);
        return new Chart
        {
            Title = "The same matrix in four chunks",
            Subtitle = "Blue: attention inside a chunk. Orange: through the state, which is all that later chunks know of earlier ones",
            Description = "A lower triangular matrix cut into blocks of six; the four triangles on the diagonal are blue, the six squares below them orange",
            X = Axis.Number("input step"),
            Y = Axis.Number("output step"),
            Layers =
            [
                Part(Tone.Blue, inside: true),
                Part(Tone.Vermilion, inside: false),
                .. Enumerable.Range(1, (Size / Chunk) - 1).SelectMany(k => new[] { RuleLayer.Vertical((k * Chunk) - 0.5), RuleLayer.Horizontal((k * Chunk) - 0.5) }),
            ],
        };
    }

    private static Chart Ranks()
    {
        var rows = RankGrowth.Measure(Enumerable.Range(1, 8).Select(k => 16 * k), width: 8);
        double[] x = [.. rows.Select(r => (double)r.Length)];
        LineLayer Line(string name, Func<RankGrowth, double> rank, Tone tone) => new(name, x, [.. rows.Select(rank)], tone);
        return new Chart
        {
            Title = "What later rows know of earlier ones",
            Subtitle = "Rank of the corner block M[T/2:, :T/2]. A recurrence needs as many state numbers",
            Description = "The rank of softmax attention grows as T/2 from 8 to 64; that of linear attention stays at 8 and that of uniform attention at 1",
            X = Axis.Number("length T"),
            Y = Axis.Number("rank") with { FromZero = true },
            Layers =
            [
                Line("softmax", r => r.Certified, Tone.Vermilion),
                Line("linear, or SSD with N = 8", r => r.Linear, Tone.Blue),
                Line("uniform", r => r.Uniform, Tone.Green),
            ],
        };
    }

    private static Chart Directions()
    {
        // The forward side reads C[i−1] and decays to i−1; the reverse side is that of the sequence turned round.
        var (forward, reverse) = (Model().ToMatrix(), Model(seed: 4).ToMatrix());
        return new Chart
        {
            Title = "A quasiseparable matrix",
            Subtitle = "Blue: what comes from before. Orange: what comes from after. Black: a diagonal of its own",
            Description = "A full matrix, strong near the diagonal and fading to both sides; the lower triangle is blue, the upper orange, the diagonal black",
            X = Axis.Number("input step"),
            Y = Axis.Number("output step"),
            Layers =
            [
                new HeatmapLayer(null, Cells((i, j) => j < i ? Math.Abs(Root(forward[i - 1, j])) : double.NaN)),
                new HeatmapLayer(null, Cells((i, j) => j > i ? Math.Abs(Root(reverse[Size - 2 - i, Size - 1 - j])) : double.NaN), Tone.Vermilion),
                new HeatmapLayer(null, Cells((i, j) => i == j ? 1 : double.NaN), Tone.Ink),
            ],
        };
    }

    private static Chart Stream()
    {
        const int length = 60, known = 40;
        var random = new Random(3);
        double[] x = [.. Enumerable.Range(0, length).Select(t => Math.Sin(t * Math.PI / 6) + (0.6 * (random.NextDouble() - 0.5)))];
        var model = Model(length: length);
        var whole = model.Apply(x);
        // The steps from `known` on, one by one, from the state that the history left.
        var (state, stepped) = (new double[model.StateSize], new double[length - known]);
        for (var t = 0; t < length; t++)
        {
            model.Advance(t, state);
            for (var n = 0; n < state.Length; n++) state[n] += model.B[t, n] * x[t];
            if (t >= known) stepped[t - known] = state.Select((h, n) => h * model.C[t, n]).Sum();
        }

        return new Chart
        {
            Title = "Trained in parallel, served as a recurrence",
            Subtitle = "One head’s output: the same numbers by both ways",
            Description = "A line over 60 steps, and from step 40 on a dot on it for each step",
            X = Axis.Number("step"),
            Layers =
            [
                RuleLayer.Vertical(known - 0.5, "from here event by event"),
                new LineLayer("all at once", [.. Enumerable.Range(0, length).Select(t => (double)t)], whole),
                new PointLayer("step by step", [.. Enumerable.Range(known, length - known).Select(t => (double)t)], stepped, Tone.Vermilion) { Radius = 3.2 },
            ],
        };
    }

    /// <summary>Three state numbers under one decay, with input and output maps that wander.</summary>
    private static DiagonalSsm Model(int length = Size, int seed = 1)
    {
        var random = new Random(seed);
        double[,] Wandering()
        {
            var m = new double[length, 3];
            for (var n = 0; n < 3; n++)
            {
                var (phase, speed) = (2 * Math.PI * random.NextDouble(), 0.15 + (0.35 * random.NextDouble()));
                for (var t = 0; t < length; t++) m[t, n] = Math.Cos(phase + (speed * t)) + (0.3 * (random.NextDouble() - 0.5));
            }

            return m;
        }

        return DiagonalSsm.Scalar([.. Enumerable.Range(0, length).Select(_ => 0.8 + (0.18 * random.NextDouble()))], Wandering(), Wandering());
    }

    private static double[] LogDecay()
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, Size).Select(t => t is 9 or 18 ? -2.5 : -0.02 - (0.12 * random.NextDouble()))];
    }

    // Small entries show better by their square root.
    private static double Root(double v) => Math.Sign(v) * Math.Sqrt(Math.Abs(v));

    private static double[,] Cells(Func<int, int, double> cell)
    {
        var cells = new double[Size, Size];
        for (var i = 0; i < Size; i++)
            for (var j = 0; j < Size; j++) cells[i, j] = cell(i, j);
        return cells;
    }
}
