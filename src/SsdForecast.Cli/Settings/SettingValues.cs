using System.Globalization;
using SsdForecast.Cli.Hosting;

namespace SsdForecast.Cli.Settings;

/// <summary>The texts of settings with the place each was given at, so that what is wrong with one is told at that place.</summary>
internal sealed class SettingValues
{
    private readonly Dictionary<string, (IReadOnlyList<string> Texts, string Place)> _values = [];

    /// <summary>Sets a value, in place of an earlier one.</summary>
    /// <param name="setting">Which.</param>
    /// <param name="texts">One text, or several for a list.</param>
    /// <param name="place">The option, or file, line and key.</param>
    public void Set(Setting setting, IReadOnlyList<string> texts, string place) => _values[setting.Name] = (texts, place);

    /// <summary>These values, with others over them.</summary>
    public SettingValues With(SettingValues over)
    {
        var merged = new SettingValues();
        foreach (var (name, value) in _values.Concat(over._values)) merged._values[name] = value;
        return merged;
    }

    public bool Has(Setting setting) => _values.ContainsKey(setting.Name);

    public string? Text(Setting setting) => _values.TryGetValue(setting.Name, out var v) ? v.Texts[0] : null;

    /// <summary>The texts of a list; null where it is not set.</summary>
    public IReadOnlyList<string>? List(Setting setting) => _values.TryGetValue(setting.Name, out var v) ? v.Texts : null;

    public int? Whole(Setting setting, int least)
    {
        if (Text(setting) is not { } text) return null;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) throw Wrong(setting, $"'{text}' is not a whole number{(IsDigits(text) ? $" between {least} and {int.MaxValue}" : "")}");
        return value >= least ? value : throw Wrong(setting, $"{value} is too small; it must be {least} or more");
    }

    public double? Number(Setting setting)
    {
        if (Text(setting) is not { } text) return null;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || double.IsNaN(value)) throw Wrong(setting, $"'{text}' is not a number");
        return double.IsFinite(value) ? value : throw Wrong(setting, $"'{text}' is not a finite number");
    }

    public bool? Flag(Setting setting) => Text(setting)?.ToLowerInvariant() switch
    {
        null => null,
        "true" or "yes" or "on" => true,
        "false" or "no" or "off" => false,
        var other => throw Wrong(setting, $"'{other}' is neither true nor false"),
    };

    /// <summary>One of the choices of a setting, as a value of an enumeration with the same names.</summary>
    public T? Choice<T>(Setting setting)
        where T : struct, Enum
        => Choice(setting) is { } text ? Enum.Parse<T>(text.Replace("_", "", StringComparison.Ordinal), ignoreCase: true) : null;

    /// <summary>One of the choices of a setting.</summary>
    public string? Choice(Setting setting)
    {
        if (Text(setting) is not { } text) return null;
        var plain = text.Replace('-', '_').ToLowerInvariant();
        return setting.Choices.Contains(plain) ? plain : throw Wrong(setting, $"'{text}' is none of {string.Join(", ", setting.Choices)}");
    }

    /// <summary>Reads a value by a parser that throws <see cref="FormatException"/>.</summary>
    public T? Parsed<T>(Setting setting, Func<string, T> parse)
    {
        if (Text(setting) is not { } text) return default;
        try
        {
            return parse(text);
        }
        catch (FormatException e)
        {
            throw Wrong(setting, e.Message);
        }
    }

    private static bool IsDigits(string text) => text.TrimStart('+', '-') is { Length: > 0 } digits && digits.All(char.IsAsciiDigit);

    /// <summary>The error that a value is wrong, at the place where it was given.</summary>
    public CommandException Wrong(Setting setting, string problem)
        => CommandException.Usage(_values.TryGetValue(setting.Name, out var v) ? v.Place : setting.Option, problem);
}
