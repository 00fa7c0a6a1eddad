using System.Globalization;
using System.Text;

namespace SsdForecast.Cli.Tests;

/// <summary>Small CSV texts.</summary>
internal static class SmallData
{
    /// <summary>One hourly series with a day: <c>date, load</c>.</summary>
    public static string Hourly(int rows = 300, int seed = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder("date,load\n");
        for (var t = 0; t < rows; t++)
            text.Append(CultureInfo.InvariantCulture, $"{Time(t)},{Value(t, random):F3}\n");
        return text.ToString();
    }

    /// <summary>Two series in long form with a known and a past covariate: <c>shop, day, sales, price, visitors</c>; the price goes on for some rows.</summary>
    public static string Long(int rows = 240, int future = 0)
    {
        var random = new Random(2);
        var text = new StringBuilder("shop,day,sales,price,visitors\n");
        foreach (var shop in (string[])["north", "south"])
            for (var t = 0; t < rows + future; t++)
            {
                var price = 5 + Math.Sin(t / 5.0);
                var sales = t < rows ? (Value(t, random) - price).ToString("F3", CultureInfo.InvariantCulture) : "";
                var visitors = t < rows ? (t % 7).ToString(CultureInfo.InvariantCulture) : "";
                text.Append(CultureInfo.InvariantCulture, $"{shop},{Time(t)},{sales},{price:F3},{visitors}\n");
            }
        return text.ToString();
    }

    public static string Time(int t) => new DateTime(2024, 1, 1).AddHours(t).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static double Value(int t, Random random) => 50 + (10 * Math.Sin(t * 2 * Math.PI / 24)) + random.NextDouble();
}
