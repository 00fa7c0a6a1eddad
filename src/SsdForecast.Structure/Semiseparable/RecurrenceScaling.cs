namespace SsdForecast.Structure;

/// <summary>The <see cref="Scaling"/> of a recurrence that has not been made a matrix.</summary>
internal static class RecurrenceScaling
{
    public static Scaling Of(LinearRecurrence model)
    {
        var scaling = UnitGain(model);
        var scaled = model.Scale(scaling);
        var rows = Combined(scaling.Row, RowNorms(scaled));
        scaling = scaling with { Row = rows };
        scaled = model.Scale(scaling);
        return scaling with { Column = Combined(scaling.Column, ColumnNorms(scaled)) };
    }

    /// <summary>
    /// Follows the states that inputs of norm 1 reach, and takes the growth of a step out of it. The logarithm is carried along exactly and only
    /// its sum is rounded to a power of two, so that a thousand steps of 0.9 do not add up to decay after all.
    /// </summary>
    private static Scaling UnitGain(LinearRecurrence model)
    {
        var (row, column) = (new int[model.Length], new int[model.Length]);
        var reached = SquareRootGramians.Zero(model.StateSize);
        var gain = 0.0;
        var applied = 0;
        for (var t = 0; t < model.Length; t++)
        {
            var before = Norm(reached);
            var carried = SquareRootGramians.Carried(model, t, reached);
            var after = Norm(carried);
            if (before > 0 && after > 0) gain += Math.Log2(after / before);
            // `reached` is kept in the scaled state's units: what came in before is divided by the gain that is taken out here.
            var exponent = -(int)Math.Round(gain) - applied;
            applied += exponent;
            foreach (var r in carried)
                for (var n = 0; n < r.Length; n++) r[n] = Math.ScaleB(r[n], exponent);
            var input = Exponent(Norm(SquareRootGramians.Row(model.B, t)));
            row[t] = applied;
            column[t] = -applied - input;
            reached = SquareRootGramians.Append([.. SquareRootGramians.Row(model.B, t).Select(b => Math.ScaleB(b, -input))], carried);
        }

        return new Scaling(row, column);
    }

    /// <summary>Norm of the matrix's row <c>i</c>: of <c>c_i</c> against everything that can be reached.</summary>
    private static double[] RowNorms(LinearRecurrence model)
    {
        var norms = new double[model.Length];
        var reached = SquareRootGramians.Zero(model.StateSize);
        for (var t = 0; t < model.Length; t++)
        {
            reached = SquareRootGramians.Reached(model, t, SquareRootGramians.Carried(model, t, reached));
            norms[t] = Against(reached, SquareRootGramians.Row(model.C, t));
        }

        return norms;
    }

    /// <summary>Norm of the matrix's column <c>j</c>: of <c>b_j</c> against everything that will be read.</summary>
    private static double[] ColumnNorms(LinearRecurrence model) =>
        [.. SquareRootGramians.Readings(model).Select((readings, t) => Against(readings, SquareRootGramians.Row(model.B, t)))];

    private static double Against(double[][] rows, double[] vector) =>
        Norm([.. rows.Select(r => r.Zip(vector, (x, y) => x * y).Sum())]);

    private static int[] Combined(int[] exponents, double[] norms) => [.. exponents.Zip(norms, (e, norm) => e - Exponent(norm))];

    private static int Exponent(double norm) => norm > 0 && double.IsFinite(norm) ? (int)Math.Round(Math.Log2(norm)) : 0;

    private static double Norm(double[][] rows) => Norm([.. rows.Select(Norm)]);

    private static double Norm(double[] x)
    {
        var largest = x.Max(Math.Abs);
        return largest == 0 ? 0 : largest * Math.Sqrt(x.Sum(v => v / largest * (v / largest)));
    }
}
