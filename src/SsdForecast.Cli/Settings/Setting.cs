namespace SsdForecast.Cli.Settings;

/// <summary>What a setting's text is read as.</summary>
internal enum SettingKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number.</summary>
    Number,

    /// <summary>Yes or no.</summary>
    Flag,

    /// <summary>Several texts.</summary>
    List,

    /// <summary>One of <see cref="Setting.Choices"/>.</summary>
    Choice,
}

/// <summary>One thing that can be set, in a configuration file (<c>section: key:</c>) or by an option. Defined once, in <see cref="SettingTable"/>.</summary>
/// <param name="Section">Section of the configuration file; empty at its top.</param>
/// <param name="Key">Key in the section.</param>
/// <param name="Kind">What its text is read as.</param>
/// <param name="Help">One line on what it does.</param>
internal sealed record Setting(string Section, string Key, SettingKind Kind, string Help)
{
    private readonly string? _option;

    /// <summary>What to call its value in help, such as <c>N</c>.</summary>
    public string Value { get; init; } = Kind switch
    {
        SettingKind.Whole => "N",
        SettingKind.Number => "X",
        SettingKind.List => "A,B",
        _ => "TEXT",
    };

    /// <summary>The allowed texts of a <see cref="SettingKind.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The option that sets it: the key with dashes, unless told.</summary>
    public string Option
    {
        get => _option ?? "--" + Key.Replace('_', '-');
        init => _option = value;
    }

    /// <summary>Other names of the option.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The default in words; empty when the help says it.</summary>
    public string Default { get; init; } = "";

    /// <summary>For a flag: what the option, which takes no value, sets.</summary>
    public bool OptionSets { get; init; } = true;

    /// <summary>The help of the option, where it says another thing than the key.</summary>
    public string OptionHelp { get; init; } = Help;

    /// <summary>Section and key, as messages call it.</summary>
    public string Name => Section.Length == 0 ? Key : $"{Section}.{Key}";
}
