using System.CommandLine;

namespace SsdForecast.Cli.Settings;

/// <summary>The options of some settings.</summary>
internal sealed class SettingOptions
{
    private readonly List<(Setting Setting, Option Option)> _options = [];

    public SettingOptions(IEnumerable<Setting> settings)
    {
        foreach (var setting in settings) _options.Add((setting, Create(setting)));
    }

    /// <summary>The options, in the order of the settings.</summary>
    public IEnumerable<Option> Options => _options.Select(o => o.Option);

    /// <summary>The values that the command line gives.</summary>
    public SettingValues Read(ParseResult parse)
    {
        var values = new SettingValues();
        foreach (var (setting, option) in _options)
        {
            switch (option)
            {
                case Option<bool> flag when parse.GetValue(flag):
                    values.Set(setting, [setting.OptionSets ? "true" : "false"], setting.Option);
                    break;
                case Option<string[]> list when parse.GetValue(list) is { Length: > 0 } texts:
                    values.Set(setting, [.. texts.SelectMany(t => t.Split(',')).Select(t => t.Trim()).Where(t => t.Length > 0)], setting.Option);
                    break;
                case Option<string> text when parse.GetValue(text) is { } value:
                    values.Set(setting, [value], setting.Option);
                    break;
            }
        }
        return values;
    }

    private static Option Create(Setting setting)
    {
        string[] aliases = [.. setting.Aliases];
        var help = setting.OptionHelp;
        if (setting.Default.Length > 0 && setting.Kind != SettingKind.Flag) help += $" [{setting.Default}]";
        return setting.Kind switch
        {
            SettingKind.Flag => new Option<bool>(setting.Option, aliases) { Description = help },
            SettingKind.List => new Option<string[]>(setting.Option, aliases) { Description = help, HelpName = setting.Value },
            _ => new Option<string>(setting.Option, aliases) { Description = help, HelpName = setting.Choices.Count > 0 ? string.Join('|', setting.Choices) : setting.Value },
        };
    }
}
