namespace SsdForecast.Data;

/// <summary>The usual ways to cut a series into training, validation and test rows.</summary>
public static class Splits
{
    /// <summary>Training and validation as fractions of the rows, each rounded down; the rest is test.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A fraction outside [0, 1], a sum over 1, or no training row.</exception>
    public static Split Fractions(int count, double train, double validation)
    {
        if (!(train is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(train), train, "The training fraction lies in (0, 1].");
        if (!(validation >= 0 && train + validation <= 1 + 1e-9))
            throw new ArgumentOutOfRangeException(
                nameof(validation),
                validation,
                "The validation fraction is at least 0, and the two together at most 1.");
        // 0.7 + 0.1 of 10 rows is 7.999…; the tiny amount added keeps products that are whole in decimal whole in binary.
        var trainEnd = (int)((train * count) + 1e-9);
        var validationEnd = Math.Min(count, (int)(((train + validation) * count) + 1e-9));
        return Checked(count, trainEnd, validationEnd, count);
    }

    /// <summary>The last rows as test, those before them as validation, the rest as training.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative number, or no training row left.</exception>
    public static Split LastRows(int count, int validation, int test)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(validation);
        ArgumentOutOfRangeException.ThrowIfNegative(test);
        return Checked(count, count - validation - test, count - test, count);
    }

    /// <summary>
    /// The split of the ETT sets: 12, 4 and 4 months of 30 days. Hourly 8640, 11520, 14400; quarter-hourly four times that. The rows after are unused.
    /// </summary>
    /// <exception cref="ArgumentException">Neither hourly nor quarter-hourly.</exception>
    public static Split Ett(Frequency frequency)
    {
        var hours = frequency.NominalStep == TimeSpan.FromHours(1) ? 1
            : frequency.NominalStep == TimeSpan.FromMinutes(15) ? 4
            : throw new ArgumentException(
                $"The ETT split is for h and 15min, not {frequency}. Use Splits.Ltsf or Splits.Fractions.",
                nameof(frequency));
        return new Split(8640 * hours, 11520 * hours, 14400 * hours);
    }

    /// <summary>
    /// The split of the other long-horizon sets (weather, exchange, electricity, traffic, illness): ⌊0.7 N⌋ training rows, the last ⌊0.2 N⌋ test,
    /// the rest between them validation.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Too few rows for a training row.</exception>
    public static Split Ltsf(int count) => Checked(count, (int)(0.7 * count), count - (int)(0.2 * count), count);

    private static Split Checked(int count, int trainEnd, int validationEnd, int testEnd) =>
        trainEnd >= 1
            ? new Split(trainEnd, validationEnd, testEnd)
            : throw new ArgumentOutOfRangeException(nameof(count), count, "The split leaves no training row.");
}
