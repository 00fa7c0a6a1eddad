namespace SsdForecast.Runtime;

/// <summary>Checks of configuration values; the message of a failed one begins with the key.</summary>
internal static class Require
{
    public static void Range(string key, int value, int low, int high)
    {
        if (value < low || value > high) throw new ArgumentException($"{key}: {value} is not between {low} and {high}");
    }

    public static void That(bool holds, string key, string problem)
    {
        if (!holds) throw new ArgumentException($"{key}: {problem}");
    }
}
