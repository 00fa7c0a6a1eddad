using System.CommandLine;
using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Commands;

/// <summary>A verb with what its help shows: groups of options, and examples of real use.</summary>
internal class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Options under headings, in the order of the help.</summary>
    public List<(string Heading, IReadOnlyList<Option> Options)> Groups { get; } = [];

    /// <summary>What one might type, and why.</summary>
    public List<(string Line, string Why)> Examples { get; } = [];

    /// <summary>How it is called, without its name, where what must be given depends on the input; else that is worked out.</summary>
    public IReadOnlyList<string> Usages { get; init; } = [];

    /// <summary>More to say after the options, a line a thought.</summary>
    public string Notes { get; init; } = "";

    public Argument<T> Takes<T>(string name, string help, bool optional = false)
    {
        var argument = new Argument<T>(name) { Description = help };
        if (optional) argument.Arity = ArgumentArity.ZeroOrOne;
        Add(argument);
        return argument;
    }

    public Option<T> Has<T>(string name, string help, string value = "", bool required = false)
    {
        var option = new Option<T>(name) { Description = help, HelpName = value.Length > 0 ? value : null, Required = required };
        AddTo("Options", option);
        return option;
    }

    /// <summary>An option that may be given by itself. The word that follows it is its value, so it stands behind the arguments or before another option.</summary>
    public OptionalValue MayHave(string heading, string name, string help, string value)
    {
        var option = new Option<string?>(name) { Description = help, HelpName = $"[{value}]", Arity = ArgumentArity.ZeroOrOne };
        AddTo(heading, option);
        return new OptionalValue(option);
    }

    /// <summary>Options of settings.</summary>
    /// <param name="heading">What they stand under.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="hidden">Further ones that are read, so that they can be refused by name, and that the help does not show.</param>
    public SettingOptions Has(string heading, IEnumerable<Setting> settings, IEnumerable<Setting>? hidden = null)
    {
        var shown = settings.ToArray();
        var options = new SettingOptions([.. shown, .. hidden ?? []]);
        foreach (var option in options.Options) Add(option);
        foreach (var option in options.Options.Skip(shown.Length)) option.Hidden = true;
        Groups.Add((heading, [.. options.Options.Take(shown.Length)]));
        return options;
    }

    public Verb Example(string line, string why)
    {
        Examples.Add((line, why));
        return this;
    }

    private void AddTo(string heading, Option option)
    {
        Add(option);
        var at = Groups.FindIndex(g => g.Heading == heading);
        if (at < 0) Groups.Insert(heading == "Options" ? 0 : Groups.Count, (heading, [option]));
        else Groups[at] = (heading, [.. Groups[at].Options, option]);
    }
}
