namespace SsdForecast.Reports;

/// <summary>
/// Lines and bands as paths, thinned to what a screen can show: of many points in one pixel column, the first, lowest, highest and last
/// stay, so that the picture is the same to the pixel and no spike is lost.
/// </summary>
internal static class Polyline
{
    // Three columns a pixel, for the sharper screens and for PNG at scale 2.
    private const double ColumnsPerPixel = 3;

    /// <summary>The path of a line.</summary>
    /// <param name="dots">The points that stand alone between two gaps.</param>
    public static PathData Line(double[] xs, double[] ys, Scale x, Scale y, out List<(double X, double Y)> dots)
    {
        dots = [];
        var path = new PathData();
        var run = new List<(double X, double Y)>();
        for (var i = 0; i <= xs.Length; i++)
        {
            if (i < xs.Length && x.Accepts(xs[i]) && y.Accepts(ys[i]))
            {
                run.Add((x.Map(xs[i]), y.Map(ys[i])));
                continue;
            }
            if (run.Count == 1) dots.Add(run[0]);
            if (run.Count > 1) Append(path, Thinned(run));
            run.Clear();
        }
        return path;
    }

    /// <summary>The outline of an interval, from the lower ends forth and over the upper ends back.</summary>
    public static PathData Band(double[] xs, Interval interval, Scale x, Scale y)
    {
        var path = new PathData();
        List<(double X, double Y)> lower = [], upper = [];
        for (var i = 0; i <= xs.Length; i++)
        {
            if (i < xs.Length && x.Accepts(xs[i]) && y.Accepts(interval.Lower[i]) && y.Accepts(interval.Upper[i]))
            {
                // Crossed ends are put in order: a band has no inside otherwise.
                var (a, b) = (y.Map(interval.Lower[i]), y.Map(interval.Upper[i]));
                lower.Add((x.Map(xs[i]), Math.Max(a, b)));
                upper.Add((x.Map(xs[i]), Math.Min(a, b)));
                continue;
            }
            if (lower.Count == 1) // a single lead time: a bar, since a line of no width is not seen
            {
                lower = [(lower[0].X - 3, lower[0].Y), (lower[0].X + 3, lower[0].Y)];
                upper = [(upper[0].X - 3, upper[0].Y), (upper[0].X + 3, upper[0].Y)];
            }
            if (lower.Count > 1)
            {
                Append(path, Thinned(lower));
                foreach (var (px, py) in Enumerable.Reverse(Thinned(upper))) path.Line(px, py);
                path.Close();
            }
            lower = [];
            upper = [];
        }
        return path;
    }

    private static void Append(PathData path, List<(double X, double Y)> points)
    {
        path.Move(points[0].X, points[0].Y);
        for (var i = 1; i < points.Count; i++) path.Line(points[i].X, points[i].Y);
    }

    private static List<(double X, double Y)> Thinned(List<(double X, double Y)> points)
    {
        if (points.Count < 4 * ColumnsPerPixel * (points[^1].X - points[0].X)) return points;
        var kept = new List<(double X, double Y)>();
        for (var start = 0; start < points.Count;)
        {
            var column = Column(points[start]);
            var (end, low, high) = (start, start, start);
            for (; end < points.Count && Column(points[end]) == column; end++)
            {
                if (points[end].Y < points[low].Y) low = end;
                if (points[end].Y > points[high].Y) high = end;
            }
            foreach (var i in new[] { start, low, high, end - 1 }.Order().Distinct()) kept.Add(points[i]);
            start = end;
        }
        return kept;

        static long Column((double X, double Y) point) => (long)Math.Floor(point.X * ColumnsPerPixel);
    }
}
