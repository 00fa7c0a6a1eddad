namespace TorchSharp.Utils;

/// <summary>The name under which a field's parameter, buffer or module is registered, in place of the field's own.</summary>
[AttributeUsage(AttributeTargets.All)]
public class ComponentNameAttribute : Attribute
{
    public string Name { get; set; } = "";
}
